import type { BadgeResult } from '../badge/detect.js';
import type { ManifestReading } from '../c2pa/read.js';
import type { Container } from '../containers/container.js';
import type { InvisibleResult } from '../invisible/detect.js';
import { parseMarkCode } from '../mark-code.js';
import type { TagReading } from '../tags.js';
import type { SidecarFinding } from './sidecar.js';
import type { XmpReading } from '../xmp/xmp-packet.js';

/** Everything that was read from a file, before it is judged. */
export interface Evidence {
  readonly container: Container;
  /** One file, or all frames of a PNG sequence. */
  readonly isSequence: boolean;
  readonly badge: BadgeResult;
  readonly invisible: InvisibleResult;
  readonly tags: TagReading;
  readonly xmp: XmpReading | undefined;
  readonly manifest: ManifestReading | undefined;
  readonly sidecar: SidecarFinding | undefined;
}

/** Whether the embedded manifest validates. */
export function manifestHolds({ manifest }: Evidence): boolean {
  return manifest?.state === 'valid' || manifest?.state === 'trusted';
}

/** Whether a signed sidecar vouches for the bytes. */
export function sidecarHolds({ sidecar }: Evidence): boolean {
  return sidecar !== undefined && sidecar.problem === undefined;
}

/** The payload that a valid signature vouches for. */
export function signedPayload(evidence: Evidence): number | undefined {
  if (manifestHolds(evidence) && evidence.manifest?.payload !== undefined) return evidence.manifest.payload;
  return sidecarHolds(evidence) ? parseMarkCode(evidence.sidecar!.reading.content.rights.mark) : undefined;
}

/** Whether some trace shows that this tool made the file, as opposed to a file that never had its layers. */
export function isOurs({ invisible, badge, tags, xmp, manifest, sidecar }: Evidence): boolean {
  return invisible.found || badge.found || tags.payload !== undefined || xmp?.payload !== undefined || manifest?.rights !== undefined || sidecar !== undefined;
}
