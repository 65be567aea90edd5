/** Where a command writes to and what stops it; tests pass their own. */
export interface Terminal {
  /** Results. */
  out(text: string): void;
  /** Progress and errors. */
  err(text: string): void;
  /** True when standard error is a terminal that a line can be redrawn on. */
  readonly interactive: boolean;
  /** Width of that terminal, characters. */
  readonly columns: number;
  /** Fires on Ctrl-C. */
  readonly signal: AbortSignal;
}

/** Prints the one JSON object of `--json`. */
export function printJson(terminal: Terminal, report: unknown): void {
  terminal.out(`${JSON.stringify(report, null, 2)}\n`);
}
