import { createHash, createPrivateKey, generateKeyPairSync, randomUUID, X509Certificate, type KeyObject } from 'node:crypto';
import { chmod, link, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { VivantError } from '../../core/errors.js';
import { certificatePem, issueCertificate, type CertificateName } from './certificate.js';
import { createSigner, type Signer } from './signer.js';

/**
 * Validity of a local certificate. Long, because without a time-stamping service (which would need a network) readers
 * judge it by today's date: when it ends, everything signed with it stops validating.
 */
const VALIDITY_YEARS = 20;
/** A new identity is made when less than this is left. */
const RENEW_DAYS = 365;
const FILE_NAME = 'identity.pem';

/**
 * The per-user folder of this tool's identity: `$XDG_CONFIG_HOME/tableau-vivant` where that is set, else
 * `~/.config/tableau-vivant`, `~/Library/Application Support/tableau-vivant` or `%APPDATA%\tableau-vivant`.
 */
export function configDirectory(): string {
  const xdg = process.env['XDG_CONFIG_HOME'];
  if (xdg !== undefined && xdg !== '') return join(xdg, 'tableau-vivant');
  if (process.platform === 'win32') return join(process.env['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming'), 'tableau-vivant');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'tableau-vivant');
  return join(homedir(), '.config', 'tableau-vivant');
}

/**
 * The signer of this machine and user: a P-256 key with a certificate under a root of its own. Made on first use and kept
 * in one file that only the user can read; the root's key is thrown away at once, so nothing else can be issued under it.
 * It holds no name of the person or the machine.
 *
 * @param directory - where to keep it; default {@link configDirectory}
 * @throws VivantError SIGNING_FAILED when the file can't be read, written or understood
 */
export async function localSigner(directory = configDirectory()): Promise<Signer> {
  const path = join(directory, FILE_NAME);
  try {
    const kept = await readIdentity(path);
    if (kept !== undefined && !needsRenewal(kept)) return createSigner({ ...identityParts(kept, path), origin: 'local', source: path });
    await writeIdentity(directory, path, kept !== undefined);
    return createSigner({ ...identityParts((await readIdentity(path))!, path), origin: 'local', source: path });
  } catch (error) {
    if (error instanceof VivantError) throw error;
    throw new VivantError('SIGNING_FAILED', `Expected to read or create the signing identity ${path} but could not: ${(error as Error).message}. Make the folder writable, or point XDG_CONFIG_HOME at one that is.`, { details: { path }, cause: error });
  }
}

/**
 * The user's own certificate.
 *
 * @param files - `certificate`: PEM, the signing certificate first, then its issuers; `key`: PEM or PKCS#8, not encrypted
 * @throws VivantError INPUT_NOT_FOUND when a file is missing; SIGNING_FAILED when they can't be used
 */
export async function signerFromFiles(files: { readonly certificate: string; readonly key: string }): Promise<Signer> {
  const [certificate, keyText] = await Promise.all([readSigningFile(files.certificate, 'certificate'), readSigningFile(files.key, 'private key')]);
  let key: KeyObject;
  try {
    key = createPrivateKey(keyText);
  } catch (cause) {
    throw new VivantError('SIGNING_FAILED', `Expected an unencrypted private key in PEM in ${files.key} but it could not be read as one. Convert it with: openssl pkcs8 -topk8 -nocrypt -in <key> -out <new key>.`, { details: { path: files.key }, cause });
  }
  return createSigner({ chain: parseChain(certificate, files.certificate), key, origin: 'custom', source: files.certificate });
}

async function readIdentity(path: string): Promise<string | undefined> {
  try {
    const text = await readFile(path, 'utf8');
    if (process.platform !== 'win32' && ((await stat(path)).mode & 0o077) !== 0) await chmod(path, 0o600);
    return text;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function identityParts(text: string, path: string): { readonly chain: readonly X509Certificate[]; readonly key: KeyObject } {
  try {
    return { chain: parseChain(text, path), key: createPrivateKey(text) };
  } catch (cause) {
    throw new VivantError('SIGNING_FAILED', `Expected this tool's signing identity in ${path} but the file is damaged. Delete it: a new one is made on the next run.`, { details: { path }, cause });
  }
}

function needsRenewal(text: string): boolean {
  const first = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(text)?.[0];
  if (first === undefined) return false; // Damaged: said so when it is parsed, not overwritten in silence.
  try {
    return Date.parse(new X509Certificate(first).validTo) - Date.now() < RENEW_DAYS * 86_400_000;
  } catch {
    return false;
  }
}

/** Writes a complete file under a name of its own, then puts it in place in one step; of two runs at once, one wins. */
async function writeIdentity(directory: string, path: string, replace: boolean): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const temporary = `${path}.${randomUUID()}`;
  try {
    await writeFile(temporary, newIdentity(new Date()), { mode: 0o600, flag: 'wx' });
    if (replace) await rename(temporary, path);
    else await link(temporary, path).catch((error: NodeJS.ErrnoException) => { if (error.code !== 'EEXIST') throw error; });
  } finally {
    await rm(temporary, { force: true });
  }
}

function newIdentity(now: Date): string {
  const root = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const leaf = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const tail = createHash('sha256').update(leaf.publicKey.export({ type: 'spki', format: 'der' })).digest('hex').slice(0, 8);
  const party = (commonName: string): CertificateName => ({ commonName, organization: 'Tableau Vivant (self-issued)' });
  const issuer = party(`Tableau Vivant local root ${tail}`);
  // A day back: clocks of readers may lag.
  const notBefore = new Date(now.getTime() - 86_400_000);
  const notAfter = new Date(now);
  notAfter.setUTCFullYear(notAfter.getUTCFullYear() + VALIDITY_YEARS);
  const common = { issuer, issuerPublicKey: root.publicKey, issuerPrivateKey: root.privateKey, notBefore, notAfter };
  const rootDer = issueCertificate({ ...common, role: 'root', subject: issuer, publicKey: root.publicKey });
  const leafDer = issueCertificate({ ...common, role: 'leaf', subject: party(`Tableau Vivant local signer ${tail}`), publicKey: leaf.publicKey });
  return certificatePem(leafDer) + certificatePem(rootDer) + leaf.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function parseChain(text: string, path: string): readonly X509Certificate[] {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch (cause) {
    throw new VivantError('SIGNING_FAILED', `Expected certificates in PEM in ${path} but one of them could not be read.`, { details: { path }, cause });
  }
}

async function readSigningFile(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new VivantError(missing ? 'INPUT_NOT_FOUND' : 'SIGNING_FAILED', `Expected the ${what} in ${path} but the file ${missing ? 'is missing' : `could not be read: ${(cause as Error).message}`}.`, { details: { path }, cause });
  }
}
