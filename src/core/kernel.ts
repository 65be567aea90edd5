/** The part of WebAssembly that kernels need; neither Node's types nor this project's `lib` name it. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

/** Memory of a kernel: {@link KernelMemory.buffer} is another object after each growth. */
export interface KernelMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** Bytes of one page of a kernel's memory. */
const PAGE = 65536;

/**
 * Starts a kernel: a small WebAssembly module with SIMD, built from the `.wat` beside it by scripts/build-kernels.mjs.
 *
 * @param base64 - the module; it imports nothing and exports its memory.
 * @param bytes - memory that it needs.
 * @returns what it exports; `undefined` where there is no WebAssembly with SIMD, or no memory: then plain TypeScript does the same.
 */
export function startKernel<Exports extends { readonly memory: KernelMemory }>(base64: string, bytes: number): Exports | undefined {
  const wasm = (globalThis as { readonly WebAssembly?: WebAssemblyApi }).WebAssembly;
  if (wasm === undefined) return undefined;
  try {
    const exports = new wasm.Instance(new wasm.Module(Buffer.from(base64, 'base64'))).exports as Exports;
    const missing = bytes - exports.memory.buffer.byteLength;
    if (missing > 0) exports.memory.grow(Math.ceil(missing / PAGE));
    return exports;
  } catch {
    return undefined;
  }
}

/** Hands out a kernel's memory from the start, 16 bytes apart. */
export class KernelLayout {
  /** Bytes handed out so far. */
  bytes = 0;

  /** Address of `bytes` bytes, a multiple of 16; at least 16 more lie behind them, which vector loads may touch. */
  take(bytes: number): number {
    const address = this.bytes;
    this.bytes += Math.ceil(bytes / 16 + 1) * 16;
    return address;
  }
}
