import type { Generator, SourcePhoto } from '../core/ports.js';
import { createWarp } from './warp/warp.js';

/** The generator without a network. */
export function createDraftGenerator(sources: readonly [SourcePhoto, ...SourcePhoto[]]): Generator {
  const warp = createWarp(sources[0]);
  return {
    quality: 'draft',
    render(target, _driver, out) {
      warp.field(target);
      warp.apply(out);
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
}
