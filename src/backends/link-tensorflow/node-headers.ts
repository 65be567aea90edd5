import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { VivantError } from '../../core/errors.js';
import { findPeer } from '../peer.js';

/** Folders that may hold Node's C headers: beside the running Node, in node-gyp's cache, in npm's `node-api-headers`. */
export function nodeHeaderFolders(): string[] {
  const headers = findPeer('node-api-headers');
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  return [
    join(dirname(dirname(process.execPath)), 'include', 'node'),
    join(cache, 'node-gyp', process.versions.node, 'include', 'node'),
    ...(headers === undefined ? [] : [join(headers.directory, 'include')]),
  ];
}

/**
 * The first of `folders` with `node_api.h`. Any Node's will do: its ABI is stable.
 *
 * @throws VivantError `BACKEND_UNAVAILABLE` with `details.problem` `'headers'`.
 */
export function findNodeHeaders(folders: readonly string[] = nodeHeaderFolders()): string {
  const found = folders.find((folder) => existsSync(join(folder, 'node_api.h')));
  if (found !== undefined) return found;
  throw new VivantError(
    'BACKEND_UNAVAILABLE',
    `Expected Node's headers (node_api.h) in ${folders.join(' or ')} but found none. In your project: npm install --save-dev node-api-headers`,
    { details: { backend: 'tensorflow', problem: 'headers', missing: ['node_api.h'], searched: folders } },
  );
}
