// Encodes noise until told otherwise, for tests that kill it. Arguments: output path, format, frames, and an optional
// 'handler' that installs a SIGINT listener which exits with 130, as a command line does.
import { readFileSync } from 'node:fs';
import { takeMarkAuthority } from '#dist/core/marked-frame.js';
import { createSink } from '#dist/media/sink.js';

const [path, format, frames, handler] = process.argv.slice(2);
const mark = takeMarkAuthority();
if (handler === 'handler') process.on('SIGINT', () => process.exit(130));

const size = 256;
const data = new Uint8ClampedArray(size * size * 4);
let seed = 1;
for (let i = 0; i < data.length; i++) data[i] = (seed = (seed * 16807) % 2147483647) & 255;

try {
  const sink = await createSink({ path, format, width: size, height: size, fps: 25, tags: {} });
  for (let index = 0; index < Number(frames); index++) {
    data.copyWithin(0, 4096 + index);
    await sink.write(mark({ data, width: size, height: size, index, time: index / 25 }));
    if (index === 5) console.log(JSON.stringify({ children: children() }));
  }
  console.log(JSON.stringify({ finished: await sink.finish() }));
} catch (error) {
  console.log(JSON.stringify({ name: error.name, code: error.code, stderr: error.details?.stderr }));
}

function children() {
  const list = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').trim();
  return list === '' ? [] : list.split(' ').map(Number);
}
