// Entry of a process that makes clips for another one (maker.ts). It ends when the other end of its channel is gone.
import { VivantError } from '../../core/errors.js';
import { type ItemMaker, type MakerRequest, type MakerResponse, openLocalMaker } from './maker.js';

let maker: ItemMaker | undefined;
let stop = new AbortController();
let working = Promise.resolve();

process.on('message', (request: MakerRequest) => {
  if (request.type === 'abort') stop.abort();
  else working = make(request);
});

// The parent has closed the channel or is dead: what is being made goes away with this process.
process.on('disconnect', () => {
  stop.abort();
  void working.then(async () => {
    await maker?.close();
    process.exit(0);
  });
});

// Ctrl-C reaches the whole group; the parent decides what it means.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);

async function make({ job, dir }: Extract<MakerRequest, { type: 'make' }>): Promise<void> {
  stop = new AbortController();
  maker ??= openLocalMaker(dir);
  try {
    answer({ type: 'made', folder: await maker.make(job, stop.signal, (frame) => answer({ type: 'frame', frame })) });
  } catch (error) {
    const { code, message, details } = error instanceof VivantError ? error : new VivantError('INTERNAL', error instanceof Error ? (error.stack ?? error.message) : String(error));
    answer({ type: 'failed', error: { code, message, details } });
  }
}

function answer(response: MakerResponse): void {
  if (process.connected) process.send?.(response);
}
