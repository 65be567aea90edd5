import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DisclosureRecord } from '#dist/core/rights.js';
import { readTags, tagsFor } from '#dist/provenance/tags.js';

const record: DisclosureRecord = {
  title: 'Mona\nLisa',
  sitter: { basis: 'public-domain', subject: 'Lisa Gherardini', note: 'Louvre' },
  driver: { basis: 'synthetic' },
  tool: { name: 'tableau-vivant', version: '1.2.3' },
  quality: 'draft',
  payload: 0x0000abcd,
  created: '2026-01-01T00:00:00.000Z',
};

describe('tags', () => {
  it('say in words what the file is, of whom and on what ground', () => {
    const tags = tagsFor(record);
    expect(Object.keys(tags).sort()).toEqual(['artist', 'comment', 'copyright', 'description', 'genre', 'synopsis', 'title']);
    expect(tags['comment']).toContain('an AI animation of a portrait of Lisa Gherardini');
    expect(tags['copyright']).toBe('Rights basis: public domain (Louvre). Driver: synthetic performer, nobody real.');
    expect(tags['title']).toBe('Mona Lisa');
  });

  it('are read back with the code of the mark, in capitals too', () => {
    expect(readTags(tagsFor(record))).toMatchObject({ synthetic: true, payload: 0xabcd });
    expect(readTags({ COMMENT: tagsFor(record)['comment']! })).toMatchObject({ synthetic: true, payload: 0xabcd });
  });

  it('of unrelated files say nothing', () => {
    expect(readTags({ title: 'Holiday', comment: 'Brain surgery, with the AI of the hospital', encoder: 'Lavf58' })).toEqual({ synthetic: false });
    expect(readTags({})).toEqual({ synthetic: false });
  });

  it('survive any subject, note and payload, on one line each', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), fc.integer({ min: 0, max: 0xffffffff }), (subject, note, payload) => {
        const tags = tagsFor({ ...record, sitter: { basis: 'consent', subject, note }, payload });
        expect(readTags(tags)).toMatchObject({ synthetic: true });
        expect(readTags({ comment: tags['comment']! }).payload).toBeTypeOf('number');
        for (const value of Object.values(tags)) expect(value).not.toMatch(/[\r\n\0]/);
      }),
    );
  });
});
