import type { DrivingRightsRecord } from '../core/rights.js';

/** What the rendered performer's file says of itself, in its comment tag. */
const PERFORMER_TAG = 'Synthetic performer: a rendered head that belongs to nobody';

/**
 * `synthetic` for clips that say that they are a rendered performer; nobody's right to ask for.
 *
 * @param tags - of the container, keys in lower case
 */
export function performerRights({ comment }: Readonly<Record<string, string>>): DrivingRightsRecord | undefined {
  return comment?.startsWith(PERFORMER_TAG) ? { basis: 'synthetic', note: comment } : undefined;
}
