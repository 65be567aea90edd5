import type { RightsRecord } from '../../core/rights.js';

/** A rights record in one line for container tags. */
export function rightsLine({ basis, subject, note }: RightsRecord): string {
  return `${subject}: used on the ground of ${basis}${note === undefined ? '' : ` (${note})`}`.replace(/[\s\p{Cc}]+/gu, ' ');
}
