import { createHash, randomBytes, sign, type KeyObject } from 'node:crypto';
import { bitString, boolean, explicit, implicit, integer, objectIdentifier, octetString, sequence, set, time, utf8String } from './der.js';

const ECDSA_WITH_SHA256 = sequence(objectIdentifier('1.2.840.10045.4.3.2'));
const COMMON_NAME = '2.5.4.3';
const ORGANIZATION = '2.5.4.10';
const SUBJECT_KEY_IDENTIFIER = '2.5.29.14';
const KEY_USAGE = '2.5.29.15';
const BASIC_CONSTRAINTS = '2.5.29.19';
const AUTHORITY_KEY_IDENTIFIER = '2.5.29.35';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const EMAIL_PROTECTION = '1.3.6.1.5.5.7.3.4';

/** A party of a certificate. */
export interface CertificateName {
  readonly commonName: string;
  readonly organization: string;
}

/** What a certificate says. */
export interface CertificateRequest {
  /** `root` may sign certificates, `leaf` may sign content. */
  readonly role: 'root' | 'leaf';
  readonly subject: CertificateName;
  readonly publicKey: KeyObject;
  readonly issuer: CertificateName;
  /** P-256. */
  readonly issuerPublicKey: KeyObject;
  readonly issuerPrivateKey: KeyObject;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/**
 * Issues an X.509 v3 certificate (RFC 5280) of the profile that C2PA asks for (specification 2.x, 14.5): for a leaf
 * CA:FALSE, critical digitalSignature, emailProtection and the issuer's key identifier. Signed with ES256.
 *
 * @returns DER
 */
export function issueCertificate(request: CertificateRequest): Uint8Array {
  const isRoot = request.role === 'root';
  const extensions = [
    extension(BASIC_CONSTRAINTS, true, isRoot ? sequence(boolean(true)) : sequence()),
    // keyCertSign and cRLSign, or digitalSignature.
    extension(KEY_USAGE, true, isRoot ? bitString(Uint8Array.of(0x06), 1) : bitString(Uint8Array.of(0x80), 7)),
    extension(SUBJECT_KEY_IDENTIFIER, false, octetString(keyIdentifier(request.publicKey))),
    extension(AUTHORITY_KEY_IDENTIFIER, false, sequence(implicit(0, keyIdentifier(request.issuerPublicKey)))),
    ...(isRoot ? [] : [extension(EXTENDED_KEY_USAGE, false, sequence(objectIdentifier(EMAIL_PROTECTION)))]),
  ];
  const toBeSigned = sequence(
    explicit(0, integer(Uint8Array.of(2))),
    integer(randomBytes(16)),
    ECDSA_WITH_SHA256,
    name(request.issuer),
    sequence(time(request.notBefore), time(request.notAfter)),
    name(request.subject),
    request.publicKey.export({ type: 'spki', format: 'der' }),
    explicit(3, sequence(...extensions)),
  );
  return sequence(toBeSigned, ECDSA_WITH_SHA256, bitString(sign('sha256', toBeSigned, request.issuerPrivateKey)));
}

/** DER as the text that certificate files hold. */
export function certificatePem(der: Uint8Array): string {
  const lines = Buffer.from(der).toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function extension(identifier: string, critical: boolean, value: Uint8Array): Buffer {
  return sequence(objectIdentifier(identifier), ...(critical ? [boolean(true)] : []), octetString(value));
}

function name(party: CertificateName): Buffer {
  const attribute = (type: string, value: string): Buffer => set(sequence(objectIdentifier(type), utf8String(value)));
  return sequence(attribute(ORGANIZATION, party.organization), attribute(COMMON_NAME, party.commonName));
}

/** SHA-1 of the key's bits (RFC 5280, 4.2.1.2, method 1): a name for the key, nothing rests on its strength. */
function keyIdentifier(publicKey: KeyObject): Uint8Array {
  const { x, y } = publicKey.export({ format: 'jwk' });
  const point = Buffer.concat([Uint8Array.of(4), Buffer.from(x!, 'base64url'), Buffer.from(y!, 'base64url')]);
  return createHash('sha1').update(point).digest();
}
