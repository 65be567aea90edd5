import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { chooseBackend } from '#dist/backends/choose.js';
import { findPeer } from '#dist/backends/peer.js';
import { hasAddon, readLinkRecord, TFJS_NODE_PACKAGES } from '#dist/backends/tfjs-node.js';
import { z } from 'zod';
import { linkTensorFlow, type LinkTensorFlowReport, reportSchemas } from '#dist/index.js';

/** The peer whose addon `vivant doctor --link-tensorflow` has built, and the folder it was built against. */
const peer = TFJS_NODE_PACKAGES.map((name) => findPeer(name)).find((found) => found !== undefined && hasAddon(found));
const record = peer === undefined ? undefined : readLinkRecord(peer);
const title = record === undefined ? 'a linked TensorFlow, skipped because no tfjs-node here was linked with `vivant doctor --link-tensorflow`' : `tfjs-node linked to TensorFlow ${record.tensorflow}`;

it('is reported as the schema says', () => {
  const schema = z.fromJSONSchema(reportSchemas['link-tensorflow'] as never);
  const report: LinkTensorFlowReport = { addon: 'tfjs_binding.node', package: { name: '@tensorflow/tfjs-node', version: '4.22.0' }, tensorflow: { version: '2.21.0', path: 'site-packages/tensorflow' }, compiler: 'g++ 12', gpu: false };
  expect(schema.safeParse(report).success).toBe(true);
  expect(schema.safeParse({ ...report, gpu: 'no' }).success).toBe(false);
  expect(schema.safeParse({ ...report, tensorflow: { version: '2.21.0' } }).success).toBe(false);
});

describe.skipIf(record === undefined)(title, () => {
  it('loads the library that it was linked to, and no copy of it', async () => {
    const backend = await chooseBackend('tensorflow');
    expect(backend.choice.reason).toContain(`linked to TensorFlow ${record!.tensorflow}`);
    await backend.close();
    const script = `const { chooseBackend } = await import(process.argv[1]); await chooseBackend('tensorflow'); console.log((await import('node:fs')).readFileSync('/proc/self/maps', 'utf8'));`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script, new URL('../../dist/backends/choose.js', import.meta.url).href], { maxBuffer: 2 ** 26 });
    const loaded = new Set(stdout.split('\n').flatMap((line) => /\S*\/libtensorflow\w*\.so\S*/.exec(line) ?? []));
    expect([...loaded].map((path) => path.slice(0, path.lastIndexOf('/')))).toEqual([record!.libraries, record!.libraries]);
  });

  it('is not replaced unasked', async () => {
    expect(existsSync(record!.libraries)).toBe(true);
    await expect(linkTensorFlow(record!.libraries)).rejects.toMatchObject({ code: 'OUTPUT_EXISTS' });
  });
});
