import type { ReportSample } from './samples.js';

/** Part of a corpus that is looked at by itself. */
export interface Slice {
  /** What it was cut by: `level`, `species`, `quality`, `driver`, `split`, `mark`, `species x level`, or `group: <attribute>`. */
  readonly dimension: string;
  readonly name: string;
  /** Whose rates stand against each other: both classes of the slice, or one class of it and all of the other. */
  readonly against: 'slice' | 'all bona fide' | 'all synthetic';
  readonly samples: readonly ReportSample[];
}

type NameOf = (sample: ReportSample) => string | null;

/** All slices of a set of samples. Dimensions with one slice only are left out: they would repeat the whole. */
export function slicesOf(samples: readonly ReportSample[]): Slice[] {
  const attributes = [...new Set(samples.flatMap(({ clip }) => Object.keys(clip.groups)))].sort();
  return [
    ...bothClasses('level', samples, ({ clip }) => clip.compression),
    ...oneClass('species', samples, true, ({ species }) => species),
    ...oneClass('quality', samples, true, ({ clip }) => clip.quality),
    ...oneClass('driver', samples, true, ({ clip }) => clip.driver),
    ...attributes.flatMap((attribute) => bothClasses(`group: ${attribute}`, samples, ({ clip }) => clip.groups[attribute] ?? null)),
    ...bothClasses('split', samples, ({ clip }) => clip.split),
    // Whether a detector sees the invisible mark: bona fide clips with and without a pattern of its strength.
    ...oneClass('mark', samples, false, ({ clip }) => clip.mark),
    ...bothClasses('species x level', samples, ({ species, attack, clip }) => (attack ? `${species} ${clip.compression}` : null), levelOf),
  ];
}

function bothClasses(dimension: string, samples: readonly ReportSample[], nameOf: NameOf, partners?: (name: string, samples: readonly ReportSample[]) => readonly ReportSample[]): Slice[] {
  const slices = grouped(samples, nameOf).map(([name, own]): Slice => {
    if (partners !== undefined) return { dimension, name, against: 'slice', samples: [...own, ...partners(name, samples)] };
    const hasAttacks = own.some(({ attack }) => attack);
    const hasBonaFide = own.some(({ attack }) => !attack);
    if (hasAttacks === hasBonaFide) return { dimension, name, against: 'slice', samples: own };
    return { dimension, name, against: hasAttacks ? 'all bona fide' : 'all synthetic', samples: [...own, ...samples.filter(({ attack }) => attack !== hasAttacks)] };
  });
  return slices.length > 1 ? slices : [];
}

/** Slices of one class, each against the whole other class. */
function oneClass(dimension: string, samples: readonly ReportSample[], attacks: boolean, nameOf: NameOf): Slice[] {
  const own = grouped(samples.filter(({ attack }) => attack === attacks), nameOf);
  const others = samples.filter(({ attack }) => attack !== attacks);
  return own.length > 1 ? own.map(([name, part]) => ({ dimension, name, against: attacks ? ('all bona fide' as const) : ('all synthetic' as const), samples: [...part, ...others] })) : [];
}

function levelOf(name: string, samples: readonly ReportSample[]): readonly ReportSample[] {
  const level = name.split(' ').at(-1);
  return samples.filter(({ attack, clip }) => !attack && clip.compression === level);
}

function grouped(samples: readonly ReportSample[], nameOf: NameOf): [string, ReportSample[]][] {
  const groups = new Map<string, ReportSample[]>();
  for (const sample of samples) {
    const name = nameOf(sample);
    if (name === null) continue;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [sample]);
    else group.push(sample);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
}
