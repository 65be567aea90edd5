// A detector as a command, for tests: the mean brightness of the picture, or a fault that the first argument names.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const [fault] = process.argv.slice(2);
let asked = 0;
createInterface({ input: process.stdin }).on('line', (line) => {
  const question = JSON.parse(line);
  asked += 1;
  if (fault === 'silent') return;
  if (fault === 'garbage') return console.log('Loading weights...');
  if (fault === 'out-of-range') return console.log(JSON.stringify({ id: question.id, score: 7 }));
  if (fault === 'wrong-id') return console.log(JSON.stringify({ id: question.id + 1, score: 0.5 }));
  if (fault === 'says-error') return console.log(JSON.stringify({ id: question.id, error: 'out of memory' }));
  if (fault === 'dies' || (fault === 'dies-second' && asked === 2)) {
    console.error('Traceback: no module named torch');
    process.exit(3);
  }
  console.log(JSON.stringify({ id: question.id, score: question.video === undefined ? brightness(question.image) : question.picture.width / 100 }));
});

function brightness(path) {
  const file = readFileSync(path);
  const [head] = /^P6\n\d+ \d+\n255\n/.exec(file.toString('latin1', 0, 40));
  const pixels = file.subarray(head.length);
  return pixels.reduce((sum, value) => sum + value, 0) / pixels.length / 255;
}
