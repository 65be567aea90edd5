import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileFunction } from 'node:vm';
import type { FaceLandmarker } from '@mediapipe/tasks-vision';
import { VivantError } from '../../core/errors.js';
import type { Frame } from '../../core/frame.js';
import type { RawFace } from '../face.js';
import { PixelStoreCanvas, PixelStoreContext } from './pixel-store.js';

type TasksVision = typeof import('@mediapipe/tasks-vision');

/** MediaPipe's FaceLandmarker, ready to run. */
export interface Landmarker {
  /**
   * Blocks until the faces of one picture are found.
   *
   * @throws VivantError INTERNAL when MediaPipe fails
   */
  detect(picture: Frame): RawFace[];
  /** Frees the wasm memory. */
  close(): void;
}

/** Settings of one FaceLandmarker. */
export interface LandmarkerOptions {
  /** A `.task` bundle. */
  readonly model: Uint8Array;
  readonly maxFaces: number;
}

class MissingBrowserClass {}

/**
 * Starts MediaPipe's FaceLandmarker (CPU delegate) in this thread.
 *
 * Its scripts expect a browser. They are compiled as functions whose parameters are the browser's names, so that nothing
 * is put on globalThis, their log stays out of the user's terminal, and they have no way to the network.
 *
 * @throws VivantError MODEL_CORRUPT when MediaPipe refuses the model, MODEL_MISSING when its npm package isn't installed
 */
export async function createLandmarker(options: LandmarkerOptions): Promise<Landmarker> {
  const log = new Log();
  const require = createRequire(import.meta.url);
  const { bundlePath, wasmLoaderPath, wasmBinaryPath } = locate(require);
  const self: Record<string, unknown> = {};
  const browser = {
    self,
    console: log.console,
    navigator: { userAgent: 'Chrome/120 Linux', platform: 'Linux', hardwareConcurrency: 1, language: 'en' },
    OffscreenCanvas: PixelStoreCanvas,
    WebGL2RenderingContext: PixelStoreContext,
    WebGLRenderingContext: MissingBrowserClass,
    WebGLTexture: MissingBrowserClass,
    ImageData: MissingBrowserClass,
    fetch: (url: unknown) => Promise.reject(new Error(`MediaPipe asked for ${String(url)}; this package never uses the network.`)),
    XMLHttpRequest: undefined,
    document: undefined,
    window: undefined,
    process: { argv: [], versions: process.versions, stdin: { fd: -1 } },
    importScripts: (path: string) => {
      const exports = runScript(path, browser, require);
      self['ModuleFactory'] = exports;
    },
  };
  const vision = runScript(bundlePath, browser, require) as TasksVision;
  try {
    const task = await vision.FaceLandmarker.createFromOptions(
      { wasmLoaderPath, wasmBinaryPath },
      {
        baseOptions: { modelAssetBuffer: options.model, delegate: 'CPU' },
        runningMode: 'IMAGE',
        numFaces: options.maxFaces,
      },
    );
    return wrap(task, log);
  } catch (cause) {
    throw new VivantError('MODEL_CORRUPT', `MediaPipe could not start with this face model: ${log.last || String(cause)}. Fetch the model again, or leave it out.`, { cause });
  }
}

/** The scripts of @mediapipe/tasks-vision. */
function locate(require: NodeJS.Require): { readonly bundlePath: string; readonly wasmLoaderPath: string; readonly wasmBinaryPath: string } {
  try {
    return {
      bundlePath: require.resolve('@mediapipe/tasks-vision'),
      wasmLoaderPath: require.resolve('@mediapipe/tasks-vision/vision_wasm_internal.js'),
      wasmBinaryPath: require.resolve('@mediapipe/tasks-vision/vision_wasm_internal.wasm'),
    };
  } catch (cause) {
    throw new VivantError('MODEL_MISSING', 'Expected the npm package @mediapipe/tasks-vision but could not find it. Run npm install again.', { cause });
  }
}

function wrap(task: FaceLandmarker, log: Log): Landmarker {
  return {
    detect(picture) {
      try {
        // Only data, width and height of the picture are used; the types ask for a browser's ImageData.
        return task.detect(picture as Parameters<FaceLandmarker['detect']>[0]).faceLandmarks;
      } catch (cause) {
        throw new VivantError('INTERNAL', `MediaPipe failed on a picture of ${picture.width} x ${picture.height}: ${log.last || String(cause)}.`, {
          cause,
        });
      }
    },
    close: () => task.close(),
  };
}

/** Runs a CommonJS script with `browser` in place of the globals of these names; returns what it exports. */
function runScript(path: string, browser: Readonly<Record<string, unknown>>, require: NodeJS.Require): unknown {
  const filename = path.startsWith('file:') ? fileURLToPath(path) : path;
  const module = { exports: {} as unknown };
  const names = Object.keys(browser);
  const script = compileFunction(readFileSync(filename, 'utf8'), ['module', 'exports', 'require', '__filename', '__dirname', ...names], {
    filename,
  });
  script(module, module.exports, require, filename, dirname(filename), ...names.map((name) => browser[name]));
  return module.exports;
}

/** Keeps the first line of the last message that MediaPipe wrote. */
class Log {
  last = '';
  readonly console: Record<'log' | 'info' | 'debug' | 'warn' | 'error', (...words: readonly unknown[]) => void>;

  constructor() {
    const keep = (...words: readonly unknown[]): void => {
      const [line = ''] = words.map(String).join(' ').trim().split('\n');
      // "E1122 11:37:51.409999 2136208 file.cc:260] what happened"
      const text = line.replace(/^[IWEF]\d{4} [\d:.]+ +\d+ \S+\] /, '');
      if (text !== '') this.last = text;
    };
    this.console = { log: keep, info: keep, debug: keep, warn: keep, error: keep };
  }
}
