import { z } from 'zod';
import { RIGHTS_BASES, type DisclosureRecord } from '../../core/rights.js';
import { INGREDIENT_RELATIONSHIP, type SealIngredient } from './ingredient.js';
import { markCode } from '../mark-code.js';
import { DIGITAL_SOURCE_TYPE } from '../source-type.js';

/** Label of the assertion that holds {@link RightsAssertion}. */
export const RIGHTS_LABEL = 'org.tableau-vivant.rights';
/** Label of C2PA's assertion that ties a mark in the pixels to the manifest. */
export const SOFT_BINDING_LABEL = 'c2pa.soft-binding';
/** Name and version of the algorithm of the invisible mark. */
export const SOFT_BINDING_ALGORITHM = 'org.tableau-vivant.spread-spectrum.1';
/** Field of an ingredient's metadata. */
export const INGREDIENT_SHA256 = 'org.tableau-vivant.sha256';

/** The rights records, as signed in manifests and sidecars. */
export const rightsAssertionSchema = z.object({
  version: z.literal(1),
  sitter: z.object({ basis: z.enum(RIGHTS_BASES), subject: z.string(), note: z.string().exactOptional() }),
  driver: z.object({ basis: z.enum([...RIGHTS_BASES, 'synthetic']), note: z.string().exactOptional() }),
  tool: z.object({ name: z.string(), version: z.string() }),
  quality: z.string(),
  /** The trained network that drew it. */
  refiner: z.object({ name: z.string(), version: z.string(), sha256: z.string() }).exactOptional(),
  created: z.string(),
  /** Payload of the invisible mark, eight hex digits. */
  mark: z.string().regex(/^[0-9a-f]{8}$/),
});
/** The rights records, as signed in manifests and sidecars. */
export type RightsAssertion = z.infer<typeof rightsAssertionSchema>;

/** What is signed about one output, beside the hash of its bytes. */
export function rightsAssertion(record: DisclosureRecord): RightsAssertion {
  const { sitter, driver, tool, quality, refiner, created, payload } = record;
  return { version: 1, sitter, driver, tool, quality, ...(refiner === undefined ? {} : { refiner }), created, mark: markCode(payload) };
}

/** Label by which the actions refer to an ingredient. */
function ingredientLabel(index: number): string {
  return `input-${index}`;
}

/**
 * The manifest definition (C2PA 2.x claim, `c2pa.actions.v2`). The output is *created* from its ingredients, which are
 * inputs of a process: not *opened*, because a video isn't a rendition of one still picture, and several portraits can't
 * all be its parent. Then the two marks are named as what they are: text, and a watermark bound to this manifest.
 */
export function manifestDefinition(record: DisclosureRecord, format: string, ingredientCount: number): object {
  const softwareAgent = { name: record.tool.name, version: record.tool.version };
  const common = { softwareAgent, when: record.created };
  return {
    claim_version: 2,
    claim_generator_info: [softwareAgent],
    title: record.title,
    format,
    assertions: [
      {
        label: 'c2pa.actions.v2',
        created: true,
        data: {
          actions: [
            {
              ...common,
              action: 'c2pa.created',
              digitalSourceType: DIGITAL_SOURCE_TYPE,
              description: `A portrait of ${record.sitter.subject} was animated by software with the motion of a driver (quality: ${record.quality}).`,
              parameters: { ingredientIds: Array.from({ length: ingredientCount }, (_, i) => ingredientLabel(i)) },
            },
            { ...common, action: 'c2pa.addedText', description: 'A visible badge says that the content is synthetic.' },
            { ...common, action: 'c2pa.watermarked.bound', description: 'An invisible mark in the pixels repeats the code in the soft binding.' },
          ],
          allActionsIncluded: true,
        },
      },
      { label: RIGHTS_LABEL, created: true, data: rightsAssertion(record) },
      {
        label: SOFT_BINDING_LABEL,
        created: true,
        data: { alg: SOFT_BINDING_ALGORITHM, blocks: [{ scope: {}, value: markCode(record.payload) }], pad: [] },
      },
    ],
  };
}

const ROLE_WORDS: Readonly<Record<SealIngredient['role'], string>> = {
  portrait: 'Portrait that is animated',
  sitter: 'What a network learnt from photos of the sitter',
  driver: 'Performance that lends its motion',
};

/** The definition of one ingredient; `index` is its place in the list. */
export function ingredientDefinition(ingredient: SealIngredient, index: number): object {
  return {
    title: ingredient.title,
    format: ingredient.format,
    relationship: INGREDIENT_RELATIONSHIP,
    label: ingredientLabel(index),
    description: ROLE_WORDS[ingredient.role],
    metadata: { [INGREDIENT_SHA256]: ingredient.sha256 },
  };
}
