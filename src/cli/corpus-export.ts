import type { Command } from 'commander';
import type { Terminal } from './terminal.js';

/** Adds `vivant corpus export`. */
export function addCorpusExport(_corpus: Command, _terminal: Terminal, _finish: (exitCode: number) => void): void {}
