import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

// What a stranger gets is installed and used in scripts/pack-and-install.mjs; here only the list of files.

it('packs what is needed and nothing of the workshop', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const [{ files }] = JSON.parse(execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })) as [{ files: { path: string; size: number }[] }];
  const paths = files.map(({ path }) => path);
  expect(paths).toEqual(expect.arrayContaining(['LICENSE', 'NOTICE', 'README.md', 'RESPONSIBLE-USE.md', 'assets/teeth-atlas.json', 'dist/cli/main.js', 'dist/index.d.ts', 'dist/index.js', 'package.json']));
  expect(paths.filter((path) => !/^(dist|assets|licenses|models)\/|^(LICENSE|NOTICE|README\.md|RESPONSIBLE-USE\.md|package\.json)$/.test(path))).toEqual([]);
  expect(paths.filter((path) => path.endsWith('.tsbuildinfo') || /\.(mp4|mov|webm)$/.test(path))).toEqual([]);
});
