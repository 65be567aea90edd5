import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { certificatePem, issueCertificate } from '#dist/provenance/signer/certificate.js';
import { configDirectory, localSigner, signerFromFiles } from '#dist/provenance/signer/identity.js';

let folder: string;
beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'identity-test-')); });
afterAll(() => rm(folder, { recursive: true, force: true }));

const DAY = 86_400_000;

/** A chain of two and its key, as a user's certificate authority would issue it. */
function issue(options: { readonly days?: number; readonly selfSigned?: boolean } = {}): { readonly certificate: string; readonly key: string } {
  const { days = 400, selfSigned = false } = options;
  const root = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const leaf = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const issuer = { commonName: 'Museum root', organization: 'Museum' };
  const notBefore = new Date(Date.now() - 30 * DAY);
  const notAfter = new Date(Date.now() + days * DAY);
  const common = { issuer, issuerPublicKey: root.publicKey, issuerPrivateKey: root.privateKey, notBefore, notAfter };
  const rootPem = certificatePem(issueCertificate({ ...common, role: 'root', subject: issuer, publicKey: root.publicKey }));
  const leafPem = certificatePem(issueCertificate({ ...common, role: 'leaf', subject: { commonName: 'Museum signer', organization: 'Museum' }, publicKey: leaf.publicKey }));
  const key = (selfSigned ? root : leaf).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { certificate: selfSigned ? rootPem : leafPem + rootPem, key };
}

async function write(name: string, { certificate, key }: { readonly certificate: string; readonly key: string }): Promise<{ readonly certificate: string; readonly key: string }> {
  const paths = { certificate: join(folder, `${name}.pem`), key: join(folder, `${name}.key`) };
  await writeFile(paths.certificate, certificate);
  await writeFile(paths.key, key);
  return paths;
}

describe('localSigner', () => {
  it('makes a chain of two once and keeps it for the user alone', async () => {
    const directory = join(folder, 'local');
    const first = await localSigner(directory);
    const second = await localSigner(directory);
    expect(second.chain).toEqual(first.chain);
    expect(await readdir(directory)).toEqual(['identity.pem']);
    if (process.platform !== 'win32') expect((await stat(join(directory, 'identity.pem'))).mode & 0o777).toBe(0o600);
    const [leaf, root] = first.chain.map((der) => new X509Certificate(der));
    expect(leaf!.ca).toBe(false);
    expect(root!.ca).toBe(true);
    expect(leaf!.verify(root!.publicKey)).toBe(true);
    expect(leaf!.checkIssued(leaf!)).toBe(false);
    expect(leaf!.keyUsage).toEqual(['1.3.6.1.5.5.7.3.4']);
    expect(first).toMatchObject({ algorithm: 'es256', origin: 'local' });
    expect(leaf!.subject).not.toContain(process.env['USER'] ?? 'root:');
  });

  it('gives concurrent first runs the same identity', async () => {
    const directory = join(folder, 'race');
    const signers = await Promise.all(Array.from({ length: 6 }, () => localSigner(directory)));
    expect(new Set(signers.map(({ name }) => name)).size).toBe(1);
    expect(await readdir(directory)).toEqual(['identity.pem']);
  });

  it('renews an identity that is about to expire', async () => {
    const directory = join(folder, 'renew');
    await mkdir(directory);
    const { certificate, key } = issue({ days: 100 });
    await writeFile(join(directory, 'identity.pem'), certificate + key);
    const signer = await localSigner(directory);
    expect(signer.name).toContain('Tableau Vivant local signer');
    expect(signer.validTo.getTime()).toBeGreaterThan(Date.now() + 19 * 365 * DAY);
    expect(createPrivateKey(await readFile(join(directory, 'identity.pem'), 'utf8')).asymmetricKeyType).toBe('ec');
  });

  it('tightens loose permissions', async () => {
    const directory = join(folder, 'loose');
    await localSigner(directory);
    await chmod(join(directory, 'identity.pem'), 0o644);
    await localSigner(directory);
    if (process.platform !== 'win32') expect((await stat(join(directory, 'identity.pem'))).mode & 0o777).toBe(0o600);
  });

  it('says so when the file is damaged, and does not overwrite it', async () => {
    const directory = join(folder, 'damaged');
    await mkdir(directory);
    await writeFile(join(directory, 'identity.pem'), 'garbage');
    await expect(localSigner(directory)).rejects.toMatchObject({ code: 'SIGNING_FAILED' });
    expect(await readFile(join(directory, 'identity.pem'), 'utf8')).toBe('garbage');
  });

  it('says so when the folder can not be made', async () => {
    await writeFile(join(folder, 'a-file'), '');
    await expect(localSigner(join(folder, 'a-file', 'below'))).rejects.toMatchObject({ code: 'SIGNING_FAILED' });
  });

  it('lives under XDG_CONFIG_HOME where that is set', () => {
    const before = process.env['XDG_CONFIG_HOME'];
    process.env['XDG_CONFIG_HOME'] = join(folder, 'xdg');
    expect(configDirectory()).toBe(join(folder, 'xdg', 'tableau-vivant'));
    if (before === undefined) delete process.env['XDG_CONFIG_HOME'];
    else process.env['XDG_CONFIG_HOME'] = before;
  });
});

describe('signerFromFiles', () => {
  it('takes the user’s own certificate', async () => {
    expect(await signerFromFiles(await write('good', issue()))).toMatchObject({ algorithm: 'es256', origin: 'custom', name: 'Museum signer' });
  });

  it('refuses a self-signed certificate', async () => {
    await expect(signerFromFiles(await write('self', issue({ selfSigned: true })))).rejects.toMatchObject({ code: 'SIGNING_FAILED', message: expect.stringContaining('self-signed') as string });
  });

  it('refuses an expired certificate', async () => {
    await expect(signerFromFiles(await write('expired', issue({ days: -1 })))).rejects.toMatchObject({ code: 'SIGNING_FAILED', message: expect.stringContaining('not now') as string });
  });

  it('refuses a key that belongs to another certificate', async () => {
    await expect(signerFromFiles(await write('mixed', { certificate: issue().certificate, key: issue().key }))).rejects.toMatchObject({ code: 'SIGNING_FAILED', message: expect.stringContaining('private key is not') as string });
  });

  it('refuses a chain whose links do not fit', async () => {
    const good = issue();
    const otherRoot = issue({ selfSigned: true }).certificate;
    const leaf = good.certificate.split('-----END CERTIFICATE-----\n')[0]! + '-----END CERTIFICATE-----\n';
    await expect(signerFromFiles(await write('broken', { certificate: leaf + otherRoot, key: good.key }))).rejects.toMatchObject({ code: 'SIGNING_FAILED', message: expect.stringContaining('was not issued by') as string });
  });

  it('names missing and unreadable files', async () => {
    const { certificate, key } = await write('files', issue());
    await expect(signerFromFiles({ certificate: join(folder, 'none.pem'), key })).rejects.toMatchObject({ code: 'INPUT_NOT_FOUND' });
    await expect(signerFromFiles({ certificate, key: certificate })).rejects.toMatchObject({ code: 'SIGNING_FAILED', message: expect.stringContaining('private key') as string });
    await expect(signerFromFiles({ certificate: key, key })).rejects.toMatchObject({ code: 'SIGNING_FAILED', message: expect.stringContaining('no certificate') as string });
  });
});
