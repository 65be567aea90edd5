import { constants, verify, X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { JOSE_ALGORITHMS, sidecarContentSchema, sidecarSchema, type SidecarContent } from './sidecar.js';

/** What a sidecar says, and whether its signature holds. Whether its hashes fit the file is for the caller to see. */
export interface SidecarReading {
  readonly path: string;
  readonly content: SidecarContent;
  /** Why the signature can't be believed; absent when it holds. */
  readonly problem?: string;
  /** Common name of the signing certificate. */
  readonly signer: string;
}

/** Sidecars of the longest sequences stay below; more is not read from files of unknown origin. */
const MAX_SIDECAR_BYTES = 64 << 20;

const headerSchema = z.object({ alg: z.string(), x5c: z.array(z.string()).min(2).max(10) });

/**
 * Reads and checks a sidecar.
 *
 * @returns `undefined` when there is no file at `path` or it isn't a sidecar at all
 */
export async function readSidecar(path: string): Promise<SidecarReading | undefined> {
  const info = await stat(path).catch(() => undefined);
  if (info === undefined || !info.isFile() || info.size > MAX_SIDECAR_BYTES) return undefined;
  const jws = sidecarSchema.safeParse(parseJson(await readFile(path, 'utf8'))).data;
  if (jws === undefined) return undefined;
  const content = sidecarContentSchema.safeParse(parseJson(fromBase64url(jws.payload).toString('utf8'))).data;
  if (content === undefined) return undefined;
  const header = headerSchema.safeParse(parseJson(fromBase64url(jws.protected).toString('utf8'))).data;
  if (header === undefined) return { path, content, signer: 'an unknown signer', problem: 'its signature has no certificates' };
  try {
    const chain = header.x5c.map((der) => new X509Certificate(Buffer.from(der, 'base64')));
    const signer = /^CN=(.*)$/m.exec(chain[0]!.subject)?.[1] ?? chain[0]!.subject;
    const problem = signatureProblem(header.alg, chain, jws) ?? (isDeepStrictEqual(jws.content, content) ? undefined : 'its readable part differs from its signed part');
    return { path, content, signer, ...(problem === undefined ? {} : { problem }) };
  } catch {
    return { path, content, signer: 'an unknown signer', problem: 'its certificates are damaged' };
  }
}

function signatureProblem(algorithm: string, chain: readonly X509Certificate[], jws: z.infer<typeof sidecarSchema>): string | undefined {
  const leaf = chain[0]!;
  if (leaf.ca) return 'its signing certificate is one for issuing certificates';
  for (let i = 0; i + 1 < chain.length; i++) {
    if (!chain[i]!.checkIssued(chain[i + 1]!) || !chain[i]!.verify(chain[i + 1]!.publicKey)) return 'its certificates do not form a chain';
  }
  const now = Date.now();
  if (now < Date.parse(leaf.validFrom) || now > Date.parse(leaf.validTo)) return `its certificate was valid from ${leaf.validFrom} to ${leaf.validTo}`;
  const signed = Buffer.from(`${jws.protected}.${jws.payload}`, 'latin1');
  return verifyJws(algorithm, leaf, signed, fromBase64url(jws.signature)) ? undefined : 'its signature does not fit its content';
}

/** Algorithm and key type must agree: a header can't choose a weaker check than the certificate's key. */
function verifyJws(algorithm: string, leaf: X509Certificate, signed: Uint8Array, signature: Uint8Array): boolean {
  const key = leaf.publicKey;
  const curve = key.asymmetricKeyDetails?.namedCurve;
  const ecdsa = (hash: string): boolean => verify(hash, signed, { key, dsaEncoding: 'ieee-p1363' }, signature);
  if (algorithm === JOSE_ALGORITHMS.es256) return curve === 'prime256v1' && ecdsa('sha256');
  if (algorithm === JOSE_ALGORITHMS.es384) return curve === 'secp384r1' && ecdsa('sha384');
  if (algorithm === JOSE_ALGORITHMS.es512) return curve === 'secp521r1' && ecdsa('sha512');
  if (algorithm === JOSE_ALGORITHMS.ed25519) return key.asymmetricKeyType === 'ed25519' && verify(null, signed, key, signature);
  if (algorithm !== JOSE_ALGORITHMS.ps256 || key.asymmetricKeyType !== 'rsa') return false;
  return verify('sha256', signed, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }, signature);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fromBase64url(text: string): Buffer {
  return Buffer.from(text, 'base64url');
}
