import { basename } from 'node:path';
import type { DisclosureLayer, LayerReport } from '../../core/disclosure.js';
import type { ManifestReading } from '../c2pa/read.js';
import { C2PA_MIME } from '../containers/container.js';
import { markCode } from '../mark-code.js';
import { saysSynthetic } from '../source-type.js';
import { isOurs, manifestHolds, sidecarHolds, signedPayload, type Evidence } from './evidence.js';
import { carriesXmp } from '../xmp/xmp.js';

/** Judges each layer on its own and against the others. */
export function judgeLayers(evidence: Evidence): Readonly<Record<DisclosureLayer, LayerReport>> {
  return { badge: judgeBadge(evidence), invisible: judgeInvisible(evidence), tags: judgeTags(evidence), xmp: judgeXmp(evidence), c2pa: judgeC2pa(evidence) };
}

function judgeBadge({ badge }: Evidence): LayerReport {
  if (!badge.found) return { status: 'absent', detail: 'No visible badge was recognised in the picture.' };
  return { status: 'present', detail: `The picture shows the badge that says that it is synthetic${badge.mirrored ? ', mirrored' : ''}.` };
}

function judgeInvisible(evidence: Evidence): LayerReport {
  const { invisible } = evidence;
  if (!invisible.found || invisible.payload === undefined) return { status: 'absent', detail: 'No invisible mark could be read from the pixels.' };
  const signed = signedPayload(evidence);
  const code = markCode(invisible.payload);
  if (signed !== undefined && signed !== invisible.payload) {
    return { status: 'altered', detail: `The pixels carry the mark ${code} but the signature belongs to the mark ${markCode(signed)}: it was made for another clip.` };
  }
  const tied = signed === undefined ? '' : ', the one that the signature names';
  return { status: 'present', detail: `The pixels carry the mark ${code}${tied}${invisible.mirrored ? '; the picture is mirrored' : ''}.` };
}

function judgeTags(evidence: Evidence): LayerReport {
  const { tags } = evidence;
  if (!tags.synthetic) return { status: 'absent', detail: 'No container tag says that the content is synthetic.' };
  return conflict(evidence, tags.payload, 'tags') ?? { status: 'present', detail: `A tag says: "${shorten(tags.statement ?? '')}"` };
}

function judgeXmp(evidence: Evidence): LayerReport {
  const { xmp, container } = evidence;
  const type = xmp?.digitalSourceType;
  if (type !== undefined && saysSynthetic(type)) {
    return conflict(evidence, xmp?.payload, 'XMP packet') ?? { status: 'present', detail: `The digital source type is ${type.split('/').pop()}.` };
  }
  if (type !== undefined) return { status: 'absent', detail: `The digital source type is ${shorten(type)}, which does not say that the content is synthetic.` };
  if (isOurs(evidence) && !carriesXmp(container)) return { status: 'unsupported', detail: `This format (${container}) can't carry XMP${sidecarHolds(evidence) ? '; the signed sidecar says the same' : ''}.` };
  return { status: 'absent', detail: xmp === undefined ? 'There is no XMP packet.' : 'The XMP packet has no digital source type.' };
}

function judgeC2pa(evidence: Evidence): LayerReport {
  const { manifest, sidecar } = evidence;
  if (manifest !== undefined) return judgeManifest(manifest, manifestHolds(evidence));
  if (sidecar !== undefined) {
    const name = basename(sidecar.reading.path);
    if (sidecar.problem !== undefined) return { status: 'altered', detail: `The signed sidecar ${name} does not vouch for these bytes: ${sidecar.problem}.` };
    return { status: 'unsupported', detail: `There is no embedded manifest, but the signed sidecar ${name} vouches for every byte. Signed by ${sidecar.reading.signer}.` };
  }
  if (isOurs(evidence) && (C2PA_MIME[evidence.container] === undefined || evidence.isSequence)) {
    return { status: 'absent', detail: `This format (${evidence.isSequence ? 'a sequence' : evidence.container}) can't carry a C2PA manifest, and its signed sidecar (.c2pa.json) is not beside it.` };
  }
  return { status: 'absent', detail: 'There is no C2PA manifest.' };
}

function judgeManifest(manifest: ManifestReading, holds: boolean): LayerReport {
  const { generator, signer, failures } = manifest;
  const origin = manifest.rights === undefined ? ` It was made by another program, ${shorten(generator)}, and ${manifest.digitalSourceTypes.some(saysSynthetic) ? 'says' : 'does not say'} that the content is synthetic.` : '';
  if (holds) return { status: 'present', detail: `The C2PA manifest matches the bytes. Signed by ${shorten(signer)}${manifest.state === 'trusted' ? ', who is trusted' : ', whom nobody here vouches for'}.${origin}` };
  return { status: 'altered', detail: `The C2PA manifest does not validate: ${failures.map(failureWords).join('; ') || 'no reason given'}.${origin}` };
}

/** Plain words for the failures that people meet; the code itself for the others. */
function failureWords({ code, explanation }: ManifestReading['failures'][number]): string {
  if (/^assertion\.(?:bmffHash|dataHash|boxesHash)\.(?:mismatch|malformed)$/.test(code)) return `the file was changed after it was signed (${code})`;
  if (/^(?:claimSignature\.mismatch|assertion\.hashedURI\.mismatch)$/.test(code)) return `the manifest itself was changed after it was signed (${code})`;
  if (/^(?:signingCredential\.expired|claimSignature\.outsideValidity)$/.test(code)) return `the certificate of the signer has expired (${code})`;
  return shorten(`${code}: ${explanation}`);
}

/** A layer that repeats the mark's code must repeat the right one. */
function conflict(evidence: Evidence, payload: number | undefined, layer: string): LayerReport | undefined {
  const expected = signedPayload(evidence) ?? evidence.invisible.payload;
  if (payload === undefined || expected === undefined || payload === expected) return undefined;
  return { status: 'altered', detail: `The ${layer} names the mark ${markCode(payload)} but the clip has the mark ${markCode(expected)}: it was copied from another clip.` };
}

function shorten(text: string): string {
  const plain = text.replace(/\p{Cc}+/gu, ' ');
  return plain.length <= 200 ? plain : `${plain.slice(0, 199)}…`;
}
