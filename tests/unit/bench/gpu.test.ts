import { describe, expect, it } from 'vitest';
// @ts-expect-error The bench is plain JavaScript.
import { plan } from '../../../bench/gpu/plan.mjs';
// @ts-expect-error The bench is plain JavaScript.
import { markdown } from '../../../bench/gpu/table.mjs';
// @ts-expect-error The bench is plain JavaScript.
import { choose } from '../../../bench/gpu/vulkan.mjs';

const OPTIONS = { sides: [512, 1024], frames: 40, steps: 60 };
const backend = (name: string, more: object = {}): object => ({ name, supported: true, slow: false, software: false, detail: `${name} 4.22.0`, ...more });

describe('plan of the figures of a graphics card', () => {
  it('leaves out what is not there, and most of what would take too long', () => {
    const rows = plan([backend('webgpu', { supported: false }), backend('cpu', { slow: true }), backend('wasm')], OPTIONS) as { id: string; backend: string; frames?: number }[];
    expect(new Set(rows.map((row) => row.backend))).toEqual(new Set(['wasm', 'cpu']));
    expect(rows[0]).toMatchObject({ id: 'conformance', backend: 'wasm' });
    const clips = (name: string): [string, number | undefined][] => rows.filter((row) => row.backend === name && row.id.startsWith('clip')).map(({ id, frames }) => [id, frames]);
    expect(clips('wasm')).toEqual(['512', '1024'].flatMap((side) => ['draft', 'standard', 'high'].map((tier) => [`clip ${tier} ${side}`, 40])));
    expect(clips('cpu')).toEqual([['clip draft 512', 8], ['clip standard 512', 8], ['clip high 512', 8]]);
    expect(rows.filter(({ id }) => id === 'fit').map((row) => row.backend)).toEqual(['wasm']);
  });

  it('measures the card first, then the peers in PyTorch, all in one process, then the processor', () => {
    const rows = plan([backend('wasm'), backend('webgpu'), backend('pytorch')], OPTIONS) as { id: string; backend: string }[];
    expect([...new Set(rows.map((row) => row.backend))]).toEqual(['webgpu', 'pytorch', 'wasm']);
    expect(rows.filter((row) => row.backend === 'pytorch').map(({ id }) => id)).toEqual(['pytorch']);
  });
});

describe('table of the figures of a graphics card', () => {
  const machine = { cpu: 'x', cpus: 2, memoryGB: 8, platform: 'linux-x64', node: '20', load: 0, cards: [] };
  const clip = { msPerFrame: 20, stages: { generate: 12 }, firstFrameSeconds: 0.5, coldFirstFrameSeconds: 2, tensors: { count: 9, MB: 3, onCardMB: 7 } };
  const rows = [
    { id: 'conformance', backend: 'webgpu', result: { passed: 12, of: 13, failures: [{ title: 'conv2d', message: 'expected 1\nreceived 2' }] } },
    { id: 'clip standard 512', backend: 'webgpu', result: clip, peakMB: 400 },
    { id: 'clip high 512', backend: 'webgpu', error: { code: 'MODEL_MISSING', message: 'none' } },
    { id: 'clip draft 512', backend: 'webgpu', limit: 120, error: { code: 'TIMEOUT', message: 'not done after 97 s', after: 97 } },
    { id: 'peer fomm', backend: 'pytorch', result: { msPerFrame: 10, networkMs: 6, graphMs: 3, onCardMB: 377 } },
    { id: 'network eye 1', backend: 'pytorch', result: { msPerRun: 0.8, msPerCrop: 0.8 } },
    { id: 'fit', backend: 'webgpu', error: { code: 'CRASH', message: 'ended with SIGSEGV' } },
  ];
  const backends = [backend('webgpu', { detail: 'NVIDIA X | 1' }), backend('tensorflow', { supported: false, detail: 'is not installed' }), backend('pytorch', { detail: 'PyTorch 2' })];
  const text = markdown({ measured: '2026-01-01T00:00:00Z', machine, backends, chosen: null, rows, sides: [512] }) as string;

  it('has a column for each backend and a row for each figure, and says why one is missing', () => {
    expect(text).toContain('| | webgpu: NVIDIA X / 1 | tensorflow: none | pytorch: PyTorch 2 |');
    expect(text).toContain('| conformance | 12 of 13 | - | - |');
    expect(text).toContain('| standard, 512 px: ms a frame (generator) | 20 (12) | - | - |');
    expect(text).toContain('| standard, 512 px: peak MB (tensors, on the card) | 400 (3, 7) | - | - |');
    expect(text).toContain('| high, 512 px: ms a frame (generator) | no weights | - | - |');
    expect(text).toContain('| draft, 512 px: ms a frame (generator) | over 97 s | - | - |');
    expect(text).toContain('| fomm: ms a frame (its network) | - | - | 10 (6); as a graph 3 |');
    expect(text).toContain('| network of the eye, batch of 1: ms (a crop) | - | - | 0.8 (0.8) |');
    expect(text).toContain('- tensorflow: is not installed');
    expect(text).toContain('- webgpu, fit: CRASH: ended with SIGSEGV');
    expect(text).toContain('- webgpu, conv2d: expected 1\n');
    expect(text).not.toContain('network of the mouth');
  });
});

describe("where Vulkan's drivers are", () => {
  const nothing = { standard: [], elsewhere: [], libraries: [] };
  const mesa = ['/usr/share/vulkan/icd.d/lvp_icd.json'];

  it('is left to the loader where it finds them, and to whoever named them', () => {
    expect(choose({}, { ...nothing, standard: ['/etc/vulkan/icd.d/nvidia_icd.json'], libraries: ['/usr/lib64/libGLX_nvidia.so.0'] })).toMatchObject({ variables: {}, own: [] });
    expect(choose({ VK_ICD_FILENAMES: mesa[0] }, { ...nothing, elsewhere: ['/x/nvidia_icd.json'] })).toMatchObject({ variables: {}, own: [] });
    expect(choose({}, nothing).words).toContain('no driver file');
  });

  it('is told to the loader where a container keeps them elsewhere, or has only the libraries', () => {
    const libraries = ['/usr/local/nvidia/lib64/libGLX_nvidia.so.0', '/usr/local/nvidia/lib64/libEGL_nvidia.so.0'];
    const elsewhere = ['/usr/local/nvidia/share/vulkan/icd.d/nvidia_icd.json'];
    const found = choose({ LD_LIBRARY_PATH: '/opt/lib' }, { standard: mesa, elsewhere, libraries });
    expect(found).toMatchObject({ variables: { LD_LIBRARY_PATH: '/opt/lib:/usr/local/nvidia/lib64', VK_DRIVER_FILES: `${mesa[0]}:${elsewhere[0]}` }, own: [] });
    expect(choose({}, { standard: mesa, elsewhere: [], libraries })).toMatchObject({ variables: { LD_LIBRARY_PATH: '/usr/local/nvidia/lib64' }, own: libraries });
  });
});
