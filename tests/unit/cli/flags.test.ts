import { describe, expect, it } from 'vitest';
import { EXIT_CODES, asVivantError } from '#dist/cli/exit-codes.js';
import { fromText, kebab, specFlag } from '#dist/cli/flags.js';
import { CLIP_SPECS } from '#dist/option-specs.js';
import { readFileSync } from 'node:fs';

describe('flags', () => {
  it('turns digits into numbers only where numbers are meant', () => {
    expect(['1', '0.5', '.5', '-2', '1e2'].map((text) => fromText(text, true))).toEqual([1, 0.5, 0.5, -2, 100]);
    expect(['1', 'largest', '1px', '', 'Infinity', '0x10'].map((text) => fromText(text, false))).toEqual(['1', 'largest', '1px', '', 'Infinity', '0x10']);
    expect(['largest', '1px', '', 'Infinity', '0x10'].map((text) => fromText(text, true))).toEqual(['largest', '1px', '', 'Infinity', '0x10']);
  });

  it('derives choices and default from the spec', () => {
    expect(specFlag('--motion <mode>', 'how', CLIP_SPECS.motion).description).toBe('how (relative, absolute) [default: relative]');
    expect(kebab('drivingFace')).toBe('driving-face');
  });
});

describe('exit codes', () => {
  it('are documented, every one of them', () => {
    const table = readFileSync(new URL('../../../docs/cli.md', import.meta.url), 'utf8');
    for (const [code, exit] of Object.entries(EXIT_CODES)) expect(table).toMatch(new RegExp(`^\\| ${exit} \\|.*\`${code}\``, 'm'));
  });

  it('keep 1 for what verify found', () => {
    expect(Object.values(EXIT_CODES)).not.toContain(1);
    expect(Object.values(EXIT_CODES)).not.toContain(0);
  });

  it('call a stranger INTERNAL', () => {
    expect(asVivantError(new TypeError('boom'))).toMatchObject({ code: 'INTERNAL', cause: expect.any(TypeError) as Error });
  });
});
