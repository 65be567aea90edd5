import type { DrivingRightsRecord, RightsRecord } from './rights.js';

/** The five layers that every result carries, as far as its format can. @public */
export const DISCLOSURE_LAYERS = ['badge', 'invisible', 'tags', 'xmp', 'c2pa'] as const;
/** Name of a disclosure layer. @public */
export type DisclosureLayer = (typeof DISCLOSURE_LAYERS)[number];

/** What was found of one layer. @public */
export interface LayerReport {
  /** `unsupported`: the format can't carry it, or it can't be looked for. */
  readonly status: 'present' | 'absent' | 'altered' | 'unsupported';
  /** One sentence for people. */
  readonly detail: string;
}

/** What `verify` does, in order. */
export const VERIFY_STAGES = ['container', 'signature', 'pixels'] as const;
/** What `verify` does. @public */
export type VerifyStage = (typeof VERIFY_STAGES)[number];

/** What `verify` found. @public */
export interface VerifyReport {
  /** Path, as given. */
  readonly file: string;
  /** At least one layer says that the file is synthetic. */
  readonly disclosed: boolean;
  /** Every layer that the format can carry is present and the signature matches the bytes. */
  readonly intact: boolean;
  /** What was found of each layer. */
  readonly layers: Readonly<Record<DisclosureLayer, LayerReport>>;
  /** The rights records in the file; `null` when there are none. */
  readonly rights: { readonly sitter?: RightsRecord; readonly driver?: DrivingRightsRecord } | null;
  /** What the file says it was made from. */
  readonly ingredients: readonly { readonly title: string; readonly relationship: string; readonly format?: string; readonly sha256?: string }[];
  /** Plain words. */
  readonly explanation: string;
  /** How long it took to read the words in the container, to check signatures, and to look for marks in the pixels; the latter two overlap. */
  readonly stages: Readonly<Record<VerifyStage, { readonly seconds: number }>>;
}
