import type { RefinerInfo } from './ports.js';

/** On what ground a person may be animated. @public */
export const RIGHTS_BASES = ['public-domain', 'own-likeness', 'consent', 'licensed', 'research'] as const;
/** A ground on which a person may be animated. @public */
export type RightsBasis = (typeof RIGHTS_BASES)[number];

/** The right to animate the sitter. @public */
export interface RightsRecord {
  /** The ground. */
  readonly basis: RightsBasis;
  /** Whose likeness this is. */
  readonly subject: string;
  /** Evidence in the user's words: licence number, consent form, collection and inventory number. */
  readonly note?: string;
}

/** The right to use the driver's performance; `synthetic` for a rendered performer that is nobody. @public */
export interface DrivingRightsRecord {
  /** The ground. */
  readonly basis: RightsBasis | 'synthetic';
  /** Evidence in the user's words. */
  readonly note?: string;
}

/** Everything that provenance writes about one output. */
export interface DisclosureRecord {
  readonly title: string;
  readonly sitter: RightsRecord;
  readonly driver: DrivingRightsRecord;
  /** Package name and version. */
  readonly tool: { readonly name: string; readonly version: string };
  readonly quality: string;
  /** The trained network that drew it; absent when none did. */
  readonly refiner?: RefinerInfo;
  /** 32-bit payload of the invisible mark. */
  readonly payload: number;
  /** ISO 8601. */
  readonly created: string;
}
