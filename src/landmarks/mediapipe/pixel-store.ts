/** An RGBA picture as MediaPipe hands it over: the package's own Frame fits. */
interface PixelSource {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

interface Texture {
  image: PixelSource | undefined;
}

interface Framebuffer {
  texture: Texture | undefined;
}

const GL = {
  TEXTURE_2D: 0x0de1,
  UNSIGNED_BYTE: 0x1401,
  RGBA: 0x1908,
  VENDOR: 0x1f00,
  RENDERER: 0x1f01,
  VERSION: 0x1f02,
  MAX_TEXTURE_SIZE: 0x0d33,
  SHADING_LANGUAGE_VERSION: 0x8b8c,
  FRAMEBUFFER_COMPLETE: 0x8cd5,
  UNPACK_FLIP_Y_WEBGL: 0x9240,
  ALREADY_SIGNALED: 0x911a,
} as const;

/**
 * The part of WebGL 2 that MediaPipe uses with its CPU delegate: it uploads one RGBA image to a texture
 * and reads it back into the wasm heap. No drawing happens, so a reference to the pixels is enough.
 */
class PixelStoreContext {
  readonly TEXTURE_2D = GL.TEXTURE_2D;
  readonly RGBA = GL.RGBA;
  readonly UNSIGNED_BYTE = GL.UNSIGNED_BYTE;
  readonly UNPACK_FLIP_Y_WEBGL = GL.UNPACK_FLIP_Y_WEBGL;
  // emscripten keeps its own state in these two, and must find them unset.
  currentPixelPackBufferBinding: unknown = undefined;
  currentPixelUnpackBufferBinding: unknown = undefined;
  #texture: Texture | undefined;
  #framebuffer: Framebuffer | undefined;

  constructor(readonly canvas: object) {}

  createTexture(): Texture {
    return { image: undefined };
  }
  bindTexture(_target: number, texture: Texture | null): void {
    this.#texture = texture ?? undefined;
  }
  texParameteri(): void {}
  activeTexture(): void {}
  pixelStorei(): void {}

  /** 6 arguments: upload a picture. 9 arguments: allocate, which needs no memory here. */
  texImage2D(...args: readonly unknown[]): void {
    if (args.length === 6 && this.#texture) this.#texture.image = args[5] as PixelSource;
  }
  deleteTexture(texture: Texture | null): void {
    if (texture) texture.image = undefined;
  }

  createFramebuffer(): Framebuffer {
    return { texture: undefined };
  }
  bindFramebuffer(_target: number, framebuffer: Framebuffer | null): void {
    this.#framebuffer = framebuffer ?? undefined;
  }
  framebufferTexture2D(_target: number, _attachment: number, _textureTarget: number, texture: Texture | null): void {
    if (this.#framebuffer) this.#framebuffer.texture = texture ?? undefined;
  }
  checkFramebufferStatus(): number {
    return GL.FRAMEBUFFER_COMPLETE;
  }
  deleteFramebuffer(): void {}

  readPixels(_x: number, _y: number, width: number, height: number, _format: number, _type: number, heap: Uint8Array, offset = 0): void {
    const image = this.#framebuffer?.texture?.image;
    if (image) heap.set(image.data.subarray(0, width * height * 4), offset);
  }

  getParameter(name: number): unknown {
    switch (name) {
      case GL.VERSION:
        return 'WebGL 2.0 (OpenGL ES 3.0)';
      case GL.SHADING_LANGUAGE_VERSION:
        return 'WebGL GLSL ES 3.00';
      case GL.VENDOR:
      case GL.RENDERER:
        return 'pixel store';
      case GL.MAX_TEXTURE_SIZE:
        return 16384;
      default:
        return 0;
    }
  }
  getSupportedExtensions(): readonly string[] {
    return [];
  }
  getExtension(): null {
    return null;
  }
  getContextAttributes(): object {
    return { alpha: true };
  }
  getError(): number {
    return 0;
  }
  isContextLost(): boolean {
    return false;
  }
  fenceSync(): object {
    return {};
  }
  clientWaitSync(): number {
    return GL.ALREADY_SIGNALED;
  }
  deleteSync(): void {}
}

/** Stands in for OffscreenCanvas: its context stores pixels and draws nothing. */
export class PixelStoreCanvas {
  #context: PixelStoreContext | undefined;

  constructor(
    public width: number,
    public height: number,
  ) {}

  getContext(kind: string): PixelStoreContext | null {
    if (!kind.startsWith('webgl')) return null;
    this.#context ??= new PixelStoreContext(this);
    return this.#context;
  }
  addEventListener(): void {}
  removeEventListener(): void {}
}

/** What `instanceof WebGL2RenderingContext` is asked about. */
export { PixelStoreContext };
