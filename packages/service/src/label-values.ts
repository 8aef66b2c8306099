const OTHER = 'other';

/** The values a label has had. Each combination of values is a series that is kept for ever, so they are bounded. */
export class LabelValues {
  readonly #limit: number;
  readonly #kept = new Set<string>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** @returns the value itself as long as there is room for it, else `other` */
  keep(value: string): string {
    if (this.#kept.has(value)) return value;
    if (this.#kept.size >= this.#limit) return OTHER;
    this.#kept.add(value);
    return value;
  }
}
