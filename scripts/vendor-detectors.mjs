// Copies the weights of Human's two spoof detectors from npm `@vladmandic/human` (MIT) into models/detectors/ and writes the
// manifest that src/detectors/builtin/ checks them against. Run by hand when that package changes.
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BYTES = { float32: 4, float16: 2, int32: 4 };
const root = fileURLToPath(new URL('../node_modules/@vladmandic/human/', import.meta.url));
const out = fileURLToPath(new URL('../models/detectors/', import.meta.url));
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

mkdirSync(out, { recursive: true });
const models = Object.fromEntries(['antispoof', 'liveness'].map((name) => [name, vendor(name)]));
const manifest = { format: 'tableau-vivant-detectors', version: 1, source: `@vladmandic/human ${version}`, licence: 'MIT', models };
writeFileSync(join(out, 'manifest.json'), `${JSON.stringify(manifest, null, 1)}\n`);

function vendor(name) {
  const { generatedBy, weightsManifest } = JSON.parse(readFileSync(join(root, 'models', `${name}.json`), 'utf8'));
  const file = `${name}.bin`;
  copyFileSync(join(root, 'models', file), join(out, file));
  const bytes = readFileSync(join(out, file));
  let offset = 0;
  const tensors = [];
  for (const { name: tensor, shape, dtype, quantization } of weightsManifest.flatMap((group) => group.weights)) {
    const stored = quantization?.dtype ?? dtype;
    // Shapes of reshapes are in the code.
    if (dtype === 'float32') tensors.push({ name: tensor, shape, dtype: stored, offset });
    offset += shape.reduce((product, side) => product * side, BYTES[stored]);
  }
  if (offset !== bytes.length) throw new Error(`${file}: ${bytes.length} bytes, its manifest describes ${offset}`);
  return { origin: generatedBy, file, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex'), tensors };
}
