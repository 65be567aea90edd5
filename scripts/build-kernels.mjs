// Assembles the WebAssembly kernels: src/**/NAME.wat -> NAME.wasm.ts beside it, which is committed, so that a build needs no assembler.
//
//   npm run kernels              writes them
//   npm run kernels -- --check   ends with 1 when one isn't what its source says
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import wabt from 'wabt';

const SRC = fileURLToPath(new URL('../src/', import.meta.url));

/** Every kernel: where its module lies, and what it should hold. */
async function assembleKernels() {
  const { parseWat } = await wabt();
  const sources = (await readdir(SRC, { recursive: true })).filter((name) => name.endsWith('.wat')).sort();
  return Promise.all(
    sources.map(async (source) => {
      const text = await readFile(join(SRC, source), 'utf8');
      const module = parseWat(source, text, { simd: true });
      module.validate();
      const { buffer } = module.toBinary({ write_debug_names: false });
      module.destroy();
      const name = basename(source, '.wat');
      const constant = name.toUpperCase().replaceAll('-', '_');
      const lines = Buffer.from(buffer).toString('base64').match(/.{1,120}/g);
      const header = `/** ${name}.wat, assembled by \`npm run kernels\`. Don't edit. */\n`;
      return { path: join(SRC, source.replace(/\.wat$/, '.wasm.ts')), text: `${header}export const ${constant} =\n${lines.map((line) => `  '${line}'`).join(' +\n')};\n` };
    }),
  );
}

for (const { path, text } of await assembleKernels()) {
  if (!process.argv.includes('--check')) await writeFile(path, text);
  else if ((await readFile(path, 'utf8').catch(() => '')) !== text) {
    console.error(`${path} isn't what its source says: run npm run kernels.`);
    process.exitCode = 1;
  }
}
