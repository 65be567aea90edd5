import type { ItemJob, JobInput } from '../job.js';
import type { Label } from '../label.js';

/** What a label says that is known before the clip is made. */
export type PlannedFacts = Omit<Label, 'clip' | 'mark' | 'framesSha256' | 'files' | 'models' | 'created'>;

/** The part of a label that follows from the plan. Splits, identities and groups may change while the clip stays the same. */
export function plannedFacts(job: ItemJob): PlannedFacts {
  const { id, key, split, identity, identities, groups, seed, take, tool } = job;
  const common = { format: 'tableau-vivant-corpus-item' as const, version: 1 as const, id, key, split, identity, identities: [...identities], groups: { ...groups }, seed, take, tool };
  if (job.kind === 'bonafide') {
    const { recording } = job;
    return { ...common, class: 'bonafide', species: null, subject: null, driver: null, settings: null, recording: { id: recording.id, file: named(recording.video), rights: recording.rights, start: recording.start, end: recording.end } };
  }
  const { subject, driver, settings } = job;
  return {
    ...common,
    class: 'attack',
    species: `reenactment-${driver.kind}-${settings.quality}-${settings.motion}`,
    subject: { id: subject.id, photos: subject.photos.map(named), rights: subject.rights },
    driver: { id: driver.id, identity: driver.identity, kind: driver.kind, file: named(driver.video), rights: driver.rights, start: driver.start, end: driver.end },
    recording: null,
    settings,
  };
}

function named({ path, sha256 }: JobInput): { name: string; sha256: string } {
  return { name: path.split('/').at(-1)!, sha256 };
}
