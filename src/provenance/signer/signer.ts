import { constants, sign, type KeyObject, type X509Certificate } from 'node:crypto';
import { VivantError } from '../../core/errors.js';

/** Signature algorithms of C2PA (specification 2.x, 13.2), by their COSE and JOSE names. */
export type SigningAlgorithm = 'es256' | 'es384' | 'es512' | 'ps256' | 'ed25519';

/** Signs manifests and sidecars. The private key stays inside. */
export interface Signer {
  readonly algorithm: SigningAlgorithm;
  /** DER certificates, the signer's own first. At least two: a self-signed certificate is refused by C2PA. */
  readonly chain: readonly Uint8Array[];
  /** Common name of the signer's certificate. */
  readonly name: string;
  /** `local`: made on this machine, so that it proves integrity but not who signed. */
  readonly origin: 'local' | 'custom';
  /** End of the certificate's validity. */
  readonly validTo: Date;
  /** Signature in the raw form of COSE and JOSE (for ECDSA: r and s, not DER). */
  sign(data: Uint8Array): Uint8Array;
}

const HASHES: Readonly<Record<SigningAlgorithm, string | null>> = { es256: 'sha256', es384: 'sha384', es512: 'sha512', ps256: 'sha256', ed25519: null };

/**
 * Binds a private key to its certificate chain.
 *
 * @param source - what to name in errors
 * @throws VivantError SIGNING_FAILED when the key doesn't belong to the certificate, the chain is broken, self-signed or
 * not valid now, or the key is of a kind that C2PA doesn't know
 */
export function createSigner(parts: { readonly chain: readonly X509Certificate[]; readonly key: KeyObject; readonly origin: Signer['origin']; readonly source: string }): Signer {
  const { chain, key, origin, source } = parts;
  const leaf = chain[0];
  if (leaf === undefined) throw refused(source, 'there is no certificate in it', 'give a PEM file with the signing certificate first and its issuer after it');
  if (!leaf.checkPrivateKey(key)) throw refused(source, 'the private key is not the one of the first certificate', 'give the key that belongs to the certificate, and the signing certificate first');
  if (leaf.checkIssued(leaf)) throw refused(source, 'the signing certificate is self-signed, which C2PA readers refuse', 'give a certificate issued by another one, with its issuer after it');
  for (let i = 0; i + 1 < chain.length; i++) {
    if (!chain[i]!.checkIssued(chain[i + 1]!) || !chain[i]!.verify(chain[i + 1]!.publicKey)) {
      throw refused(source, `certificate ${i + 1} was not issued by certificate ${i + 2}`, 'order the file from the signing certificate up to its root');
    }
  }
  const validTo = new Date(leaf.validTo);
  const now = Date.now();
  if (now > validTo.getTime() || now < Date.parse(leaf.validFrom)) {
    throw refused(source, `the signing certificate is valid from ${leaf.validFrom} to ${leaf.validTo}, which is not now`, 'renew the certificate or set the clock');
  }
  const algorithm = algorithmOf(key);
  if (algorithm === undefined) throw refused(source, `keys of type ${key.asymmetricKeyType ?? 'unknown'} are not known to C2PA`, 'use EC P-256, P-384, P-521, RSA of at least 2048 bits, or Ed25519');
  return {
    algorithm,
    chain: chain.map((certificate) => certificate.raw),
    name: /^CN=(.*)$/m.exec(leaf.subject)?.[1] ?? leaf.subject,
    origin,
    validTo,
    sign: (data) => sign(HASHES[algorithm], data, { key, dsaEncoding: 'ieee-p1363', ...(algorithm === 'ps256' ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 } : {}) }),
  };
}

function algorithmOf(key: KeyObject): SigningAlgorithm | undefined {
  const details = key.asymmetricKeyDetails;
  if (key.asymmetricKeyType === 'ed25519') return 'ed25519';
  if (key.asymmetricKeyType === 'rsa') return (details?.modulusLength ?? 0) >= 2048 ? 'ps256' : undefined;
  const curves: Readonly<Record<string, SigningAlgorithm>> = { prime256v1: 'es256', secp384r1: 'es384', secp521r1: 'es512' };
  return key.asymmetricKeyType === 'ec' ? curves[details?.namedCurve ?? ''] : undefined;
}

function refused(source: string, problem: string, advice: string): VivantError {
  return new VivantError('SIGNING_FAILED', `Expected a certificate chain and key that can sign Content Credentials in ${source} but ${problem}: ${advice}.`, { details: { source, problem } });
}
