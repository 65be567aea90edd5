import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { array, byteString, integer, map, tag, textString } from '#dist/provenance/c2pa/cbor.js';
import { coseSign1, signatureReserve } from '#dist/provenance/c2pa/cose.js';
import type { Signer } from '#dist/provenance/signer/signer.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('CBOR', () => {
  // Examples of RFC 8949, appendix A.
  it.each([
    [integer(0), '00'], [integer(23), '17'], [integer(24), '1818'], [integer(100), '1864'], [integer(1000), '1903e8'], [integer(1000000), '1a000f4240'],
    [integer(-1), '20'], [integer(-10), '29'], [integer(-100), '3863'], [integer(-1000), '3903e7'],
    [byteString(Uint8Array.of(1, 2, 3, 4)), '4401020304'], [textString('IETF'), '6449455446'], [textString('水'), '63e6b0b4'],
    [array(integer(1), integer(2), integer(3)), '83010203'], [map([integer(1), integer(2)], [integer(3), integer(4)]), 'a201020304'], [tag(1, integer(1363896240)), 'c11a514b67b0'],
  ])('writes %s as RFC 8949 does', (bytes, expected) => {
    expect(hex(bytes)).toBe(expected);
  });
});

describe('coseSign1', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const chain = [new Uint8Array(700).fill(1), new Uint8Array(650).fill(2)];

  it('has exactly the reserved length, and its signature fits the Sig_structure of RFC 9052', () => {
    const signer: Signer = { algorithm: 'ed25519', chain, name: 'x', origin: 'custom', validTo: new Date(), sign: (data) => sign(null, data, privateKey) };
    const claim = Buffer.from('the claim');
    const length = signatureReserve(signer);
    const message = Buffer.from(coseSign1(signer, claim, length));
    expect(message).toHaveLength(length);
    expect(hex(message.subarray(0, 2))).toBe('d284');
    // {1: -8, 33: [leaf, root]} as a byte string, then {"pad": zeros}, null, the signature of 64 bytes.
    const header = Buffer.concat([Buffer.from('a2012718', 'hex'), Buffer.from([33, 0x82]), byteString(chain[0]!), byteString(chain[1]!)]);
    expect(message.subarray(2, 5 + header.length).equals(byteString(header))).toBe(true);
    expect(hex(message.subarray(5 + header.length, 10 + header.length))).toBe('a163706164');
    expect(hex(message.subarray(-67, -64))).toBe('f65840');
    const signed = Buffer.concat([Buffer.from('846a', 'hex'), Buffer.from('Signature1'), byteString(header), Buffer.from([0x40]), byteString(claim)]);
    expect(verify(null, signed, publicKey, message.subarray(-64))).toBe(true);
  });
});
