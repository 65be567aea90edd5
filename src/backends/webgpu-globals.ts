/** The part of WebGPU's adapter description that is read here. */
interface AdapterInfo {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  readonly isFallbackAdapter?: boolean;
}

/** The part of WebGPU's entry point that is used here. */
export interface Gpu {
  requestAdapter(options: { readonly powerPreference: 'high-performance' }): Promise<{ readonly info: AdapterInfo } | null>;
}

/** npm `webgpu` 0.6. */
export interface WebgpuModule {
  create(options: readonly string[]): Gpu;
  readonly globals: Readonly<Record<string, unknown>>;
}

/**
 * Puts WebGPU where tfjs-backend-webgpu looks for it: `navigator.gpu` and the classes and constants on `globalThis`.
 *
 * @returns Takes away again what was added; safe to call twice.
 */
export function exposeWebgpu({ globals }: WebgpuModule, gpu: Gpu): () => void {
  const undo: (() => void)[] = [];
  const define = (target: object, name: string, value: unknown): void => {
    const old = Object.getOwnPropertyDescriptor(target, name);
    Object.defineProperty(target, name, { value, configurable: true, writable: true });
    undo.push(() => {
      if (old === undefined) delete (target as Record<string, unknown>)[name];
      else Object.defineProperty(target, name, old);
    });
  };
  for (const [name, value] of Object.entries(globals)) define(globalThis, name, value);
  // Node 20 has no navigator.
  if (!('navigator' in globalThis)) define(globalThis, 'navigator', {});
  define((globalThis as unknown as { navigator: object }).navigator, 'gpu', gpu);
  return () => {
    for (const step of undo.splice(0).reverse()) step();
  };
}
