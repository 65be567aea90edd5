// A detector as a command, for tests: the score is the number in the clip's file. Faults are named by the file, too.
import { appendFileSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

// Not an argument: files that a command names are part of what it is.
const log = process.env.VIVANT_LOG;
createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, video, item } = JSON.parse(line);
  appendFileSync(log, `${item}\n`);
  const text = readFileSync(video, 'utf8');
  if (text.startsWith('die')) process.exit(9);
  console.log(JSON.stringify({ id, score: text.startsWith('null') ? null : Number.parseFloat(text) }));
});
