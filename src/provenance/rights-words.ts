import type { DisclosureRecord, DrivingRightsRecord } from '../core/rights.js';

const BASIS_WORDS: Readonly<Record<DrivingRightsRecord['basis'], string>> = {
  'public-domain': 'public domain',
  'own-likeness': 'own likeness',
  consent: 'consent of the person shown',
  licensed: 'licence',
  research: 'research',
  synthetic: 'synthetic performer, nobody real',
};

/** "Rights basis: public domain (Louvre, INV. 779). Driver: consent of the person shown." */
export function rightsWords(record: Pick<DisclosureRecord, 'sitter' | 'driver'>): string {
  const { sitter, driver } = record;
  return `Rights basis: ${BASIS_WORDS[sitter.basis]}${noteWords(sitter.note)}. Driver: ${BASIS_WORDS[driver.basis]}${noteWords(driver.note)}.`;
}

function noteWords(note: string | undefined): string {
  return note === undefined || note.trim() === '' ? '' : ` (${note.trim()})`;
}
