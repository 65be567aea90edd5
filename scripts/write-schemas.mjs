// Writes docs/schemas/*.json: JSON Schema of every report and of the files of a corpus, from the schemas that the code checks with.
// `--check` compares instead and exits 1 when a file is out of date.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { corpusSchemas, reportSchemas } from '../dist/index.js';

const folder = new URL('../docs/schemas/', import.meta.url);
const check = process.argv.includes('--check');
let stale = 0;

mkdirSync(folder, { recursive: true });
for (const [name, schema] of Object.entries({ ...reportSchemas, ...corpusSchemas })) {
  const file = new URL(`${name}.json`, folder);
  const text = `${JSON.stringify(schema, null, 2)}\n`;
  if (!check) writeFileSync(file, text);
  else if (!sameText(file, text)) {
    console.error(`docs/schemas/${name}.json is out of date: run "npm run schemas".`);
    stale += 1;
  }
}
process.exitCode = stale > 0 ? 1 : 0;

function sameText(file, text) {
  try {
    return readFileSync(file, 'utf8') === text;
  } catch {
    return false;
  }
}
