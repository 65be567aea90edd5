import type { DetectionReport } from './report.js';
import { overallTable, sliceTable, speciesTable, type Block } from './words.js';

/** The report in words, tables and charts. */
export function pageOf({ corpus, split, bootstrap, detectors }: DetectionReport): Block[] {
  const { attack, bonaFide } = corpus.files;
  const confidence = `${(bootstrap.confidence * 100).toFixed(0)} %`;
  return [
    { kind: 'heading', level: 1, text: `Detectors on ${corpus.name}` },
    {
      kind: 'text',
      text:
        `${String(attack)} synthetic and ${String(bonaFide)} bona fide files${split === null ? '' : ` of the split ${split}`} at ${corpus.levels.join(', ')}, made by ${corpus.tool.name} ${corpus.tool.version} with seed ${String(corpus.seed)}. ` +
        `Rates as ISO/IEC 30107-3 defines them: APCER is the share of attacks that pass, told for the attack species that passes most often; BPCER is the share of bona fide clips called an attack. ` +
        `In brackets: ${confidence} percentile intervals over people, ${String(bootstrap.rounds)} draws with seed ${String(bootstrap.seed)} (a fifth of the draws for frames and parts). ` +
        `AUC and AP take attacks as what is looked for; an AUC of 0.5 is chance.`,
    },
    overallTable(detectors),
    { kind: 'chart', name: 'roc', title: 'ROC curves' },
    { kind: 'chart', name: 'det', title: 'DET curves' },
    ...detectors.flatMap((detector): Block[] => {
      const { name, threshold, framesPerClip, video, frame, warnings } = detector;
      const shown = frame === null ? 'It looks at clips as a whole.' : `It was shown ${String(framesPerClip)} frames of each clip; a clip's score is the mean of theirs.`;
      return [
        { kind: 'heading', level: 2, text: name },
        { kind: 'text', text: `Its own threshold is ${String(threshold)}. ${shown}` },
        ...warnings.map((text): Block => ({ kind: 'note', text })),
        { kind: 'chart', name: `scores-${name}`, title: `Scores of ${name}` },
        { kind: 'heading', level: 3, text: 'By attack species, clips' },
        speciesTable(video),
        { kind: 'heading', level: 3, text: 'By parts of the corpus, clips' },
        { kind: 'text', text: `APCER and BPCER at its own threshold. "all": the other class is that of the whole corpus, for the part has none of its own.` },
        sliceTable(video),
        ...(frame === null ? [] : [{ kind: 'heading', level: 3, text: 'By parts of the corpus, frames' } as const, sliceTable(frame)]),
      ];
    }),
  ];
}
