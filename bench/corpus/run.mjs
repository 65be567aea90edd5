// Makes the demo corpus of docs/corpus.md and exports it in all layouts: node bench/corpus/run.mjs [--jobs n]
// Writes out/corpus (the same command goes on where it was stopped), out/corpus-<layout>, and bench/results/corpus.json.
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { checkExport, exportCorpus, makeCorpus } from 'tableau-vivant';

const { values } = parseArgs({ options: { jobs: { type: 'string', default: '1' } } });
const at = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const manifest = at('bench/corpus/manifest.jsonl');
const out = at('out/corpus');
mkdirSync(at('out'), { recursive: true });

const report = await makeCorpus({
  manifest,
  out,
  jobs: Number(values.jobs),
  onProgress: ({ event, made, failed, total, secondsLeft, id }) => {
    if (event === 'made' || event === 'failed') console.log(`${made}/${total}${failed > 0 ? `, ${failed} failed` : ''}, ${Math.round(secondsLeft)} s left: ${event} ${id}`);
  },
});
console.log(report);

const exports = {};
for (const format of ['faceforensics', 'celebdf', 'dfdc', 'deepfakebench']) {
  const started = performance.now();
  const name = 'TableauDemo';
  const exported = await exportCorpus({ corpus: out, format, out: at(`out/corpus-${format}`), name, force: true });
  const { counts, problems } = await checkExport({ dir: exported.out, format });
  exports[format] = { videos: exported.videos, levels: exported.levels, skipped: exported.skipped.length, counts, problems: problems.length, bytes: bytesOf(exported.out), seconds: seconds(started) };
  console.log(format, exports[format], problems.slice(0, 3));
}
if (report.madeNow === report.total) {
  const { total, made, counts, seconds } = report;
  const result = { machine: `${cpus()[0]?.model}, ${cpus().length} cores`, jobs: Number(values.jobs), total, made, failed: report.failed.length, counts, seconds, bytes: bytesOf(out), exports };
  writeFileSync(at('bench/results/corpus.json'), `${JSON.stringify(result, null, 2)}\n`);
}
process.exitCode = report.failed.length > 0 || Object.values(exports).some(({ problems }) => problems > 0) ? 1 : 0;

function bytesOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).reduce((sum, entry) => sum + (entry.isFile() ? statSync(join(entry.parentPath, entry.name)).size : 0), 0);
}

function seconds(since) {
  return Number(((performance.now() - since) / 1000).toFixed(1));
}
