import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** An installed package that this one doesn't depend on. */
export interface Peer {
  /** Absolute. */
  readonly directory: string;
  readonly version: string;
  /** `require` as code inside that package sees it, so that its own dependencies are found. */
  readonly require: NodeJS.Require;
}

/**
 * Finds an optional peer: first as the user's project in the working directory sees it, then as this package does.
 * Only looks; nothing of it is loaded.
 */
export function findPeer(name: string): Peer | undefined {
  for (const base of [join(process.cwd(), 'package.json'), import.meta.url]) {
    try {
      const manifest = createRequire(base).resolve(`${name}/package.json`);
      const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
      return { directory: dirname(manifest), version, require: createRequire(manifest) };
    } catch {
      // Not installed there, or not readable: the next place, or none.
    }
  }
  return undefined;
}
