import type { DrivingRightsRecord } from '../core/rights.js';
import { probe } from '../media/probe.js';

/** What the rendered performer's file says of itself, in its comment tag. */
const PERFORMER_TAG = 'Synthetic performer: a rendered head that belongs to nobody';

/** `synthetic` for clips that say that they are a rendered performer; nobody's right to ask for. */
export async function performerRights(path: string): Promise<DrivingRightsRecord | undefined> {
  const { tags } = await probe(path);
  return tags['comment']?.startsWith(PERFORMER_TAG) ? { basis: 'synthetic', note: tags['comment'] } : undefined;
}
