import { DISCLOSURE_LAYERS, type DisclosureLayer, type VerifyReport } from '../../core/disclosure.js';

const LAYER_NAMES: Readonly<Record<DisclosureLayer, string>> = { badge: 'visible badge', invisible: 'invisible mark', tags: 'container tags', xmp: 'XMP', c2pa: 'C2PA signature' };

/** What it all means, in a few sentences that need no knowledge of formats. */
export function explain(report: Omit<VerifyReport, 'file' | 'explanation' | 'stages'>, ours: boolean, signed: boolean): string {
  const { disclosed, intact, layers, rights } = report;
  if (!disclosed) {
    const credentials = layers.c2pa.status === 'absent' ? '' : ' It has Content Credentials, but they do not say that it is synthetic.';
    return `Nothing in this file says that it is synthetic.${credentials} That does not prove that it is real: marks can be removed, and other tools leave none.`;
  }
  const names = (status: string): string => list(DISCLOSURE_LAYERS.filter((layer) => layers[layer].status === status).map((layer) => LAYER_NAMES[layer]));
  const subject = rights?.sitter?.subject;
  const what = ours ? `This is synthetic: a portrait${subject === undefined ? '' : ` of ${subject}`} animated by software; nobody performed what is shown as themselves.` : 'This says of itself that it is synthetic; it was not made by this tool.';
  if (intact) return `${what} All its marks are there and the signature matches every byte. The signature shows that nothing was changed since; who signed is only as certain as the certificate.`;
  const altered = names('altered');
  const absent = names('absent');
  const sentences = [
    what,
    altered === '' ? (signed ? 'The signature matches the bytes.' : 'The signature is gone, so this is a copy that was re-encoded, cut or stripped, and what was changed cannot be told.') : `It is not as it was signed: ${altered} ${altered.includes(' and ') ? 'do' : 'does'} not fit.`,
    `Still there: ${names('present') || 'nothing'}.`,
    absent === '' ? '' : `Missing: ${absent}.`,
  ];
  return sentences.filter((sentence) => sentence !== '').join(' ');
}

function list(items: readonly string[]): string {
  return items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)!}`;
}
