import type { SigningAlgorithm } from '../signer/signer.js';

/** One ingredient for the library. */
export interface C2paIngredient {
  /** JSON. */
  readonly definition: string;
  /** Present when the file's own credentials are to be carried over. */
  readonly file?: { readonly path: string; readonly format: string };
}

/** What the C2PA thread can be asked to do. */
export type C2paJob =
  | {
      readonly kind: 'read';
      readonly path: string;
      /** MIME type. */
      readonly format: string;
    }
  | {
      readonly kind: 'sign';
      readonly path: string;
      readonly output: string;
      /** MIME type. */
      readonly format: string;
      /** JSON. */
      readonly definition: string;
      readonly ingredients: readonly C2paIngredient[];
      readonly algorithm: SigningAlgorithm;
      /** Bytes. */
      readonly reserveSize: number;
    };

/** To the thread. `signature` answers `claim`: the private key never leaves the main thread. */
export type ToC2pa = { readonly kind: 'job'; readonly job: C2paJob } | { readonly kind: 'signature'; readonly bytes: Uint8Array };

/** From the thread. `json` is the manifest store of a `read`. */
export type FromC2pa =
  | { readonly kind: 'claim'; readonly bytes: Uint8Array }
  | { readonly kind: 'done'; readonly json: string }
  | { readonly kind: 'failed'; readonly reason: string; readonly code: string | undefined };
