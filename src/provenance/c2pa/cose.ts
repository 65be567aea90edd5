import { array, byteString, integer, map, NULL, tag, textString } from './cbor.js';
import type { Signer, SigningAlgorithm } from '../signer/signer.js';

/** COSE algorithm numbers (RFC 9053). */
const ALGORITHMS: Readonly<Record<SigningAlgorithm, number>> = { es256: -7, es384: -35, es512: -36, ps256: -37, ed25519: -8 };
const LABEL_ALGORITHM = 1;
const LABEL_X5CHAIN = 33;
const COSE_SIGN1_TAG = 18;
const EMPTY = new Uint8Array(0);

/** Bytes to reserve for a signature of this signer: enough that the padding is always longer than 255 bytes. */
export function signatureReserve(signer: Signer): number {
  return 2048 + signer.chain.reduce((sum, certificate) => sum + certificate.length, 0);
}

/**
 * A COSE_Sign1 message (RFC 9052, 4.2) over a detached C2PA claim, padded in its unprotected header to exactly `length`
 * bytes, because the place for it was measured before the claim was hashed.
 *
 * @param claim - CBOR of the claim
 * @param length - bytes; {@link signatureReserve}
 */
export function coseSign1(signer: Signer, claim: Uint8Array, length: number): Uint8Array {
  const protectedHeader = map(
    [integer(LABEL_ALGORITHM), integer(ALGORITHMS[signer.algorithm])],
    [integer(LABEL_X5CHAIN), array(...signer.chain.map(byteString))],
  );
  const signature = signer.sign(array(textString('Signature1'), byteString(protectedHeader), byteString(EMPTY), byteString(claim)));
  const message = (padding: number): Buffer =>
    tag(COSE_SIGN1_TAG, array(byteString(protectedHeader), map([textString('pad'), byteString(new Uint8Array(padding))]), NULL, byteString(signature)));
  // A padding of 256 to 65535 bytes has a length field of two bytes; an empty one has none.
  return message(length - message(0).length - 2);
}
