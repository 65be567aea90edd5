import type { DrivingRightsRecord, RightsRecord } from './rights.js';

/** @public */
export const DISCLOSURE_LAYERS = ['badge', 'invisible', 'tags', 'xmp', 'c2pa'] as const;
/** @public */
export type DisclosureLayer = (typeof DISCLOSURE_LAYERS)[number];

/** @public */
export interface LayerReport {
  readonly status: 'present' | 'absent' | 'altered' | 'unsupported';
  /** One sentence for people. */
  readonly detail: string;
}

/** What `verify` found. @public */
export interface VerifyReport {
  readonly file: string;
  /** At least one layer says that the file is synthetic. */
  readonly disclosed: boolean;
  /** Every layer that the format can carry is present and the signature matches the bytes. */
  readonly intact: boolean;
  readonly layers: Readonly<Record<DisclosureLayer, LayerReport>>;
  readonly rights: { readonly sitter?: RightsRecord; readonly driver?: DrivingRightsRecord } | null;
  readonly ingredients: readonly { readonly title: string; readonly relationship: string; readonly format?: string; readonly sha256?: string }[];
  /** Plain words. */
  readonly explanation: string;
}
