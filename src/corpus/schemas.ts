import { z } from 'zod';
import { evidenceSchema } from './export/evidence.js';
import { labelSchema } from './label.js';
import { manifestLineSchema } from './manifest/schema.js';
import { corpusIndexSchema } from './read-corpus.js';

/**
 * JSON Schema (draft 2020-12) of the files of a corpus: one line of a manifest, the label of a clip, the index, and the signed list
 * of an export.
 *
 * @public
 */
export const corpusSchemas: Readonly<Record<'corpus-manifest' | 'corpus-label' | 'corpus-index' | 'corpus-export', object>> = {
  'corpus-manifest': z.toJSONSchema(manifestLineSchema, { io: 'input' }),
  'corpus-label': z.toJSONSchema(labelSchema),
  'corpus-index': z.toJSONSchema(corpusIndexSchema),
  'corpus-export': z.toJSONSchema(evidenceSchema),
};
