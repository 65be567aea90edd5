// Part of the public surface: no types of tfjs here, so that users need not compile them.

/** From the fastest to the slowest. @public */
export const BACKEND_NAMES = ['tensorflow', 'webgpu', 'wasm', 'cpu'] as const;
/** Name of a tensor backend. @public */
export type BackendName = (typeof BACKEND_NAMES)[number];
/** `auto` takes the first of tensorflow, webgpu and wasm that works here. @public */
export type BackendPreference = 'auto' | BackendName;

/** What `vivant doctor` says about one backend. @public */
export interface BackendProbe {
  /** Which backend. */
  readonly name: BackendName;
  /** Whether it works here. */
  readonly supported: boolean;
  /** Version and device, or the reason why not. */
  readonly detail: string;
  /** How to get it; absent when it works and `auto` would take it. */
  readonly advice?: string;
}
