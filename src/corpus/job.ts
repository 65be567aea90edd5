import { createHash } from 'node:crypto';
import type { DrivingRightsRecord, RightsRecord } from '../core/rights.js';
import type { Split } from './design/splits.js';
import type { Level } from './levels.js';
import type { Settings } from './manifest/schema.js';

/** A file that a clip is made from. */
export interface JobInput {
  /** Relative to the job's `root`, with slashes. */
  readonly path: string;
  readonly sha256: string;
}

/** Shape of every clip of a corpus. */
export interface Geometry {
  /** Side of the square picture, pixels. */
  readonly side: number;
  /** Side of the square around the face, in longer sides of the face box. */
  readonly margin: number;
  /** Longer side at which portraits are animated, pixels. */
  readonly render: number;
}

interface CommonJob {
  readonly id: string;
  /** SHA-256, hex, of everything that decides the frames and of the rights, which are signed into every file. */
  readonly key: string;
  /** Name of the corpus. */
  readonly corpus: string;
  readonly split: Split;
  /** Whose face is seen. */
  readonly identity: string;
  /** Everybody in the clip. */
  readonly identities: readonly string[];
  readonly groups: Readonly<Record<string, string>>;
  /** Length of the clip, seconds: a fair weight for estimates. */
  readonly seconds: number;
  /** Absolute folder that inputs are relative to; another machine may have it elsewhere. */
  readonly root: string;
  readonly geometry: Geometry;
  readonly levels: readonly Level[];
  readonly seed: number;
  readonly take: number;
  readonly tool: { readonly name: string; readonly version: string };
}

/** A synthetic clip to be made. Plain JSON, complete in itself. */
export interface AttackJob extends CommonJob {
  readonly kind: 'attack';
  readonly subject: { readonly id: string; readonly photos: readonly JobInput[]; readonly landmarks?: JobInput | undefined; readonly rights: RightsRecord };
  readonly driver: {
    readonly id: string;
    readonly identity: string;
    readonly kind: 'recorded' | 'synthetic';
    readonly video: JobInput;
    readonly rights: DrivingRightsRecord;
    readonly start: number;
    readonly end: number;
  };
  readonly settings: Settings;
}

/** A real clip to be cut. Plain JSON, complete in itself. */
export interface BonafideJob extends CommonJob {
  readonly kind: 'bonafide';
  readonly recording: { readonly id: string; readonly video: JobInput; readonly rights: RightsRecord; readonly start: number; readonly end: number };
  /** Share of frames that carry a decoy, 0..1. */
  readonly decoy: number;
}

/** One clip to be made. */
export type ItemJob = AttackJob | BonafideJob;

type Unkeyed<J> = J extends ItemJob ? Omit<J, 'id' | 'key'> : never;

/** Gives a job its key and its name. Paths, splits, groups and the corpus' name don't count: a clip needn't be made anew for them. */
export function keyed(job: Unkeyed<ItemJob>): ItemJob {
  const key = createHash('sha256').update(canonical(decisiveFacts(job))).digest('hex');
  const name = job.kind === 'attack' ? `${job.subject.id}__${job.driver.id}` : `${job.recording.id}__real`;
  return { ...job, key, id: `${name}__${key.slice(0, 8)}` } as ItemJob;
}

function decisiveFacts(job: Unkeyed<ItemJob>): object {
  const { kind, geometry, levels, seed, take, tool } = job;
  const common = { kind, geometry, levels, seed, take, tool };
  if (job.kind === 'bonafide') {
    const { id, video, rights, start, end } = job.recording;
    return { ...common, recording: { id, video: video.sha256, rights, start, end }, decoy: job.decoy };
  }
  const { subject, driver, settings } = job;
  return {
    ...common,
    subject: { id: subject.id, photos: subject.photos.map(({ sha256 }) => sha256), landmarks: subject.landmarks?.sha256 ?? null, rights: subject.rights },
    driver: { id: driver.id, video: driver.video.sha256, rights: driver.rights, start: driver.start, end: driver.end },
    settings,
  };
}

/** JSON with sorted keys: one text for one content. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part,
  );
}
