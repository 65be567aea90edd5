/** Gives out numbers from 0 in the order of asking; the same name gets the same number. */
export class Numbering {
  readonly #numbers = new Map<string, number>();

  of(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    this.#numbers.set(name, this.#numbers.size);
    return this.#numbers.size - 1;
  }

  has(name: string): boolean {
    return this.#numbers.has(name);
  }
}

/** A number with leading zeros. */
export function padded(number: number, digits: number): string {
  return String(number).padStart(digits, '0');
}
