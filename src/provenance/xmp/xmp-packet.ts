import { RIGHTS_BASES, type DisclosureRecord, type DrivingRightsRecord, type RightsRecord } from '../../core/rights.js';
import { markCode, parseMarkCode } from '../mark-code.js';
import { rightsWords } from '../rights-words.js';
import { DIGITAL_SOURCE_TYPE } from '../source-type.js';

/** XML namespace of this tool's own properties. */
const OWN_NAMESPACE = 'urn:tableau-vivant:disclosure:1.0:';

/**
 * An XMP packet (ISO 16684-1) that says what the file is: IPTC digital source type and AI system, who is shown, the
 * rights records, the tool and the code of the invisible mark.
 */
export function xmpPacket(record: DisclosureRecord): string {
  const { sitter, driver, tool, refiner } = record;
  const description = `Synthetic: an AI animation of a portrait of ${sitter.subject}, who did not perform what is shown.`;
  const simple: readonly (readonly [string, string | undefined])[] = [
    ['xmp:CreatorTool', `${tool.name} ${tool.version}`],
    ['xmp:CreateDate', record.created],
    ['Iptc4xmpExt:DigitalSourceType', DIGITAL_SOURCE_TYPE],
    ['Iptc4xmpExt:AISystemUsed', tool.name],
    ['Iptc4xmpExt:AISystemVersionUsed', tool.version],
    ['tableau:SitterBasis', sitter.basis],
    ['tableau:SitterSubject', sitter.subject],
    ['tableau:SitterNote', sitter.note],
    ['tableau:DriverBasis', driver.basis],
    ['tableau:DriverNote', driver.note],
    ['tableau:Quality', record.quality],
    ['tableau:Refiner', refiner && `${refiner.name} ${refiner.version}, SHA-256 ${refiner.sha256}`],
    ['tableau:Mark', markCode(record.payload)],
  ];
  const lines = [
    ...simple.filter(([, value]) => value !== undefined).map(([name, value]) => `<${name}>${escapeXml(value!)}</${name}>`),
    alternative('dc:title', record.title),
    alternative('dc:description', description),
    alternative('dc:rights', rightsWords(record)),
    `<Iptc4xmpExt:PersonInImage><rdf:Bag><rdf:li>${escapeXml(sitter.subject)}</rdf:li></rdf:Bag></Iptc4xmpExt:PersonInImage>`,
  ];
  return `<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about=""
 xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
 xmlns:tableau="${OWN_NAMESPACE}">
${lines.join('\n')}
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>`;
}

/** What an XMP packet says. */
export interface XmpReading {
  readonly digitalSourceType?: string;
  readonly creatorTool?: string;
  readonly sitter?: RightsRecord;
  readonly driver?: DrivingRightsRecord;
  /** Payload of the invisible mark, as the packet repeats it. */
  readonly payload?: number;
}

/**
 * Reads the few properties that matter here, from anybody's packet. Not an XML parser: no entities are expanded and
 * nothing is fetched, so hostile packets can only be misread, not harm.
 */
export function parseXmpPacket(packet: string): XmpReading {
  const value = (name: string): string | undefined => propertyValue(packet, name);
  const digitalSourceType = value('DigitalSourceType');
  const creatorTool = value('CreatorTool');
  const sitterBasis = RIGHTS_BASES.find((basis) => basis === value('SitterBasis'));
  const driverText = value('DriverBasis');
  const driverBasis = driverText === 'synthetic' ? driverText : RIGHTS_BASES.find((basis) => basis === driverText);
  const sitterNote = value('SitterNote');
  const driverNote = value('DriverNote');
  const payload = parseMarkCode(value('Mark') ?? '');
  return {
    ...(digitalSourceType === undefined ? {} : { digitalSourceType }),
    ...(creatorTool === undefined ? {} : { creatorTool }),
    ...(sitterBasis === undefined ? {} : { sitter: { basis: sitterBasis, subject: value('SitterSubject') ?? '', ...(sitterNote === undefined ? {} : { note: sitterNote }) } }),
    ...(driverBasis === undefined ? {} : { driver: { basis: driverBasis, ...(driverNote === undefined ? {} : { note: driverNote }) } }),
    ...(payload === undefined ? {} : { payload }),
  };
}

/** A property written as an element, an attribute or an rdf:resource, under any prefix. */
function propertyValue(packet: string, name: string): string | undefined {
  const found =
    new RegExp(`<[\\w.-]+:${name}>([^<]*)</`).exec(packet) ??
    new RegExp(`\\s[\\w.-]+:${name}\\s*=\\s*"([^"]*)"`).exec(packet) ??
    new RegExp(`\\s[\\w.-]+:${name}\\s*=\\s*'([^']*)'`).exec(packet) ??
    new RegExp(`<[\\w.-]+:${name}\\s[^<>]*rdf:resource\\s*=\\s*["']([^"']*)["']`).exec(packet);
  return found === null ? undefined : unescapeXml(found[1]!.trim());
}

function alternative(name: string, text: string): string {
  return `<${name}><rdf:Alt><rdf:li xml:lang="x-default">${escapeXml(text)}</rdf:li></rdf:Alt></${name}>`;
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };
const UNESCAPES: Readonly<Record<string, string>> = Object.fromEntries(Object.entries(ESCAPES).map(([character, escape]) => [escape, character]));

/** Also drops the characters that XML 1.0 can't carry at all. */
function escapeXml(text: string): string {
  return text
    .replace(/[^\x09\x0a\x0d\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replace(/[&<>"']/g, (character) => ESCAPES[character]!);
}

function unescapeXml(text: string): string {
  return text.replace(/&(?:amp|lt|gt|quot|apos);/g, (escape) => UNESCAPES[escape]!);
}
