import { localSigner } from '../../provenance/signer/identity.js';

/**
 * Makes or reads the signing identity of this machine once, before several processes would do so at the same time.
 *
 * @throws VivantError `SIGNING_FAILED`
 */
export async function checkSigner(): Promise<void> {
  await localSigner();
}
