import { describe, expect, it } from 'vitest';
import type { ManifestReading } from '#dist/provenance/c2pa/read.js';
import type { Evidence } from '#dist/provenance/verify/evidence.js';
import { judgeLayers } from '#dist/provenance/verify/layers.js';

const nothing: Evidence = {
  container: 'mp4',
  isSequence: false,
  badge: { found: false, score: 0, mirrored: false },
  invisible: { found: false, z: 1, mirrored: false, chip: [0, 0], frames: 40 },
  tags: { synthetic: false },
  xmp: undefined,
  manifest: undefined,
  sidecar: undefined,
};
const marked: Evidence = { ...nothing, invisible: { ...nothing.invisible, found: true, payload: 7, z: 20 } };
const manifest: ManifestReading = {
  state: 'valid', failures: [], generator: 'tableau-vivant 1', signer: 'somebody', payload: 7, ingredients: [],
  digitalSourceTypes: ['http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia'],
};
const SYNTHETIC = 'http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia';

describe('judgeLayers', () => {
  it('of nothing finds every layer absent, in formats that carry little too', () => {
    for (const container of ['mp4', 'webm', 'other'] as const) {
      expect(Object.values(judgeLayers({ ...nothing, container })).map(({ status }) => status)).toEqual(Array.from({ length: 5 }, () => 'absent'));
    }
  });

  it('says what a format can not carry only of files that would have it', () => {
    expect(judgeLayers({ ...marked, container: 'webm' })).toMatchObject({ xmp: { status: 'unsupported' }, c2pa: { status: 'absent', detail: expect.stringContaining('sidecar') as string } });
  });

  it('finds tags and XMP that were copied from another clip', () => {
    const tags = { synthetic: true, statement: 'AI animation', payload: 8 };
    const xmp = { digitalSourceType: SYNTHETIC, payload: 8 };
    expect(judgeLayers({ ...marked, tags, xmp })).toMatchObject({ tags: { status: 'altered' }, xmp: { status: 'altered' } });
    expect(judgeLayers({ ...marked, tags: { ...tags, payload: 7 }, xmp: { ...xmp, payload: 7 } })).toMatchObject({ tags: { status: 'present' }, xmp: { status: 'present' } });
  });

  it('takes the signed code for the right one, and no code from a broken signature', () => {
    const other = { ...marked, manifest: { ...manifest, payload: 9 } };
    expect(judgeLayers(other).invisible.status).toBe('altered');
    expect(judgeLayers({ ...other, manifest: { ...other.manifest, state: 'invalid', failures: [{ code: 'assertion.bmffHash.mismatch', explanation: '' }] } })).toMatchObject({ invisible: { status: 'present' }, c2pa: { status: 'altered', detail: expect.stringContaining('changed after it was signed') as string } });
  });

  it('explains an expired certificate as what it is', () => {
    const failures = [{ code: 'signingCredential.expired', explanation: '' }];
    expect(judgeLayers({ ...marked, manifest: { ...manifest, state: 'invalid', failures } }).c2pa).toMatchObject({ status: 'altered', detail: expect.stringContaining('expired') as string });
  });

  it('keeps control characters of other people’s files out of its words', () => {
    const { detail } = judgeLayers({ ...marked, tags: { synthetic: true, statement: 'AI animation \u001b[31m\r\n' } }).tags;
    expect(detail).not.toMatch(/\p{Cc}/u);
  });
});
