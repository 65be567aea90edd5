/** The IPTC vocabulary that XMP and C2PA share. */
const VOCABULARY = 'http://cv.iptc.org/newscodes/digitalsourcetype/';

/**
 * The digital source type of every output, whatever its quality tier:
 * "pre-existing content that was modified or augmented by a trained algorithm".
 *
 * Why this term: the output is a picture that existed and was changed, not a mix of separately made elements
 * (`compositeSynthetic`), and not made from nothing (`trainedAlgorithmicMedia`). Why also for `draft`, where no network
 * paints: trained networks find and move every point of both faces there too, a viewer is misled just as easily, and
 * a term that says too much harms nobody while one that says too little does. The tier itself is recorded beside it.
 */
export const DIGITAL_SOURCE_TYPE = `${VOCABULARY}compositeWithTrainedAlgorithmicMedia`;

/** Terms that say "not, or not only, a capture of something that happened". */
const SYNTHETIC_TERMS: ReadonlySet<string> = new Set([
  'trainedAlgorithmicMedia',
  'compositeWithTrainedAlgorithmicMedia',
  'compositeSynthetic',
  'algorithmicMedia',
  'virtualRecording',
]);

/** Whether a digital source type (anybody's) tells the viewer that the content is synthetic. Unknown terms don't. */
export function saysSynthetic(digitalSourceType: string): boolean {
  const term = /^https?:\/\/cv\.iptc\.org\/newscodes\/digitalsourcetype\/([A-Za-z]+)\/?$/.exec(digitalSourceType.trim());
  return term !== null && SYNTHETIC_TERMS.has(term[1]!);
}
