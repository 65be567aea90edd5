import { InvalidArgumentError, Option } from 'commander';
import type { OptionSpec } from '../option-specs.js';

/** `drivingFace` -> `driving-face`. */
export function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Digits become numbers; anything else stays as typed, so that the error shows what was typed. */
export function fromText(text: string, numeric: boolean): string | number {
  return numeric && /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : text;
}

/** An option that may be given once. Its value is checked by the SDK. */
export function valueFlag(flags: string, description: string, numeric = false): Option {
  return new Option(flags, description).argParser((text: string, previous: unknown) => {
    if (previous !== undefined) throw new InvalidArgumentError('It is given twice; once is allowed.');
    return fromText(text, numeric);
  });
}

/** An option whose choices and default come from its spec. `shown` stands for the default in the help. */
export function specFlag(flags: string, description: string, spec: OptionSpec<unknown>, shown = spec.fallback): Option {
  const choices = spec.choices === undefined ? '' : ` (${spec.choices.join(', ')})`;
  const fallback = shown === undefined ? '' : ` [default: ${String(shown)}]`;
  return valueFlag(flags, `${description}${choices}${fallback}`, spec.numeric);
}
