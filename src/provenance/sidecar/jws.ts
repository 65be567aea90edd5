import { constants, verify, X509Certificate } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Signer, SigningAlgorithm } from '../signer/signer.js';

/** JOSE names (RFC 7518, RFC 8037) of the signature algorithms. */
export const JOSE_ALGORITHMS: Readonly<Record<SigningAlgorithm, string>> = { es256: 'ES256', es384: 'ES384', es512: 'ES512', ps256: 'PS256', ed25519: 'EdDSA' };

/** A JSON Web Signature in flattened form (RFC 7515, 7.2.2), with its payload once more in clear for readers. */
export const jwsSchema = z.object({
  /** For people: the same as `payload`. A reader compares the two. */
  content: z.unknown(),
  /** Base64url of the signed JSON. */
  payload: z.string(),
  /** Base64url of `{alg, typ, x5c}`. */
  protected: z.string(),
  /** Base64url. */
  signature: z.string(),
});

/** What a signed JSON file says, and whether to believe it. */
export interface SignedJson {
  /** What was signed. */
  readonly content: unknown;
  /** Why the signature can't be believed; absent when it holds. */
  readonly problem?: string;
  /** Common name of the signing certificate. */
  readonly signer: string;
}

const headerSchema = z.object({ alg: z.string(), x5c: z.array(z.string()).min(2).max(10) });

/**
 * Signs JSON.
 *
 * @param typ - media type without `application/`, for the signed header
 * @returns the text of a file
 */
export function signJson(content: unknown, typ: string, signer: Signer): string {
  const header = {
    alg: JOSE_ALGORITHMS[signer.algorithm],
    typ,
    // Base64, not base64url: RFC 7515, 4.1.6.
    x5c: signer.chain.map((certificate) => Buffer.from(certificate).toString('base64')),
  };
  const payload = base64url(Buffer.from(JSON.stringify(content)));
  const protectedHeader = base64url(Buffer.from(JSON.stringify(header)));
  const signature = base64url(signer.sign(Buffer.from(`${protectedHeader}.${payload}`, 'latin1')));
  return `${JSON.stringify({ content, payload, protected: protectedHeader, signature }, null, 2)}\n`;
}

/**
 * Reads and checks what {@link signJson} wrote.
 *
 * @returns `undefined` when the text is no signed JSON at all
 */
export function readSignedJson(text: string): SignedJson | undefined {
  const jws = jwsSchema.safeParse(parseJson(text)).data;
  if (jws === undefined) return undefined;
  const content = parseJson(fromBase64url(jws.payload).toString('utf8'));
  const header = headerSchema.safeParse(parseJson(fromBase64url(jws.protected).toString('utf8'))).data;
  if (header === undefined) return { content, signer: 'an unknown signer', problem: 'its signature has no certificates' };
  try {
    const chain = header.x5c.map((der) => new X509Certificate(Buffer.from(der, 'base64')));
    const signer = /^CN=(.*)$/m.exec(chain[0]!.subject)?.[1] ?? chain[0]!.subject;
    const problem = signatureProblem(header.alg, chain, jws) ?? (isDeepStrictEqual(jws.content, content) ? undefined : 'its readable part differs from its signed part');
    return { content, signer, ...(problem === undefined ? {} : { problem }) };
  } catch {
    return { content, signer: 'an unknown signer', problem: 'its certificates are damaged' };
  }
}

function signatureProblem(algorithm: string, chain: readonly X509Certificate[], jws: z.infer<typeof jwsSchema>): string | undefined {
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

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}

function fromBase64url(text: string): Buffer {
  return Buffer.from(text, 'base64url');
}
