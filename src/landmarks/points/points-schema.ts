import { z } from 'zod';
import { LANDMARK_COUNT } from '../../core/landmarks.js';
import { NAMED_LANDMARKS, REQUIRED_POINTS } from './named-points.js';
import type { PointName } from './named-points.js';

const MAX_SIDE = 100_000;
const side = z.number().int().min(1).max(MAX_SIDE);
const coordinate = z.number().min(-MAX_SIDE).max(MAX_SIDE);
const place = z.tuple([coordinate, coordinate]);

/**
 * An editable landmark file (`vivant faces --out points.json`), pixels of the picture whose size it states.
 *
 * With `points`, the file holds a whole face, and `named` points, if any, are corrections: they are moved exactly there and
 * the skin around follows. Without `points`, the whole face is fitted to `named`, which then needs at least the eight required ones.
 */
export const pointsFileSchema = z
  .strictObject({
    format: z.literal('tableau-vivant/points'),
    version: z.literal(1),
    image: z.strictObject({ width: side, height: side }),
    /** `[x, y]` each; left and right as the viewer sees them. */
    named: z.strictObject(Object.fromEntries(Object.keys(NAMED_LANDMARKS).map((name) => [name, place.optional()])) as Record<PointName, z.ZodOptional<typeof place>>).optional(),
    /** `[478][x, y, z]` in the order of MediaPipe Face Mesh with irises. */
    points: z.array(z.tuple([coordinate, coordinate, coordinate])).length(LANDMARK_COUNT).optional(),
    /** `[3, 3]` row-major, image axes. Default: fitted to the points. */
    rotation: z.array(z.number().min(-1.01).max(1.01)).length(9).optional(),
  })
  .refine(({ points, named }) => points !== undefined || REQUIRED_POINTS.every((name) => named?.[name] !== undefined), {
    message: `without "points", "named" needs all of ${REQUIRED_POINTS.join(', ')}`,
  });

/** What a landmark file holds. */
export type PointsFile = z.infer<typeof pointsFileSchema>;
