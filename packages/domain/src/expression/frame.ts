import type { Callable } from './callables.ts';

/** Where a bracket, or the expression itself, stands: what may be in it and what it becomes. */
interface FrameShape {
  readonly kind: 'whole' | 'group' | 'list' | 'index' | 'call';
  /** The symbol that ends it; '' for the whole expression. */
  readonly closing: ')' | ']' | '';
  /** How deep its content is nested. */
  readonly depth: number;
  /** 0-based, of what opened it. */
  readonly offset: number;
  readonly callable?: { readonly name: string; readonly definition: Callable; readonly before: string };
}

/**
 * The content of one pair of brackets as it is rewritten. `or` splits an item into alternatives, `and` an alternative
 * into terms, so each term ends up inside brackets of its own and CEL's own precedence only matters within a term.
 */
export class Frame {
  readonly shape: FrameShape;
  /** The CEL text of the term being read. */
  term = '';
  /** `not` before the term. */
  nots = 0;
  /** Prefix operators of the term, which nest what follows. */
  prefixes = 0;
  /** Whether the term has its comparison. */
  compared = false;
  /** `not in` and `is not`: the comparison is turned round. */
  negated = false;
  #terms: string[] = [];
  #alternatives: string[] = [];
  #items: string[] = [];
  #commas = 0;

  constructor(shape: FrameShape) {
    this.shape = shape;
  }

  /** Whether a closing bracket may come although a value could: `()`, `[]`, `(a,)`. */
  get isBetweenItems(): boolean {
    const fresh = this.term === '' && this.nots === 0 && this.#terms.length === 0 && this.#alternatives.length === 0;
    return fresh && this.shape.kind !== 'whole' && this.shape.kind !== 'index';
  }

  get isAtTermStart(): boolean {
    return this.term === '';
  }

  and(): void {
    const compared = this.compared ? `v(${this.negated ? '!' : ''}(${this.term}))` : this.term;
    this.#terms.push(this.nots > 0 ? `${'!'.repeat(this.nots)}(${compared})` : compared);
    this.term = '';
    this.nots = 0;
    this.prefixes = 0;
    this.compared = false;
    this.negated = false;
  }

  or(): void {
    this.and();
    this.#alternatives.push(joined('allOf', this.#terms));
    this.#terms = [];
  }

  comma(): void {
    this.#endItem();
    this.#commas += 1;
  }

  /** @returns the CEL text of the brackets with their content */
  close(): { text: string; items: number } {
    if (!this.isBetweenItems) this.#endItem();
    const items = this.#items.length;
    const list = `[${this.#items.join(', ')}]`;
    const [item = ''] = this.#items;
    switch (this.shape.kind) {
      case 'whole':
        return { text: item, items };
      case 'group':
        return { text: items === 1 && this.#commas === 0 ? `(${item})` : `v(${list})`, items };
      case 'list':
        return { text: `v(${list})`, items };
      case 'index':
        return { text: `.at(${item})`, items };
      case 'call':
        return { text: `${this.shape.callable?.before ?? ''}(${list})`, items };
    }
  }

  #endItem(): void {
    this.or();
    this.#items.push(joined('anyOf', this.#alternatives));
    this.#alternatives = [];
  }
}

function joined(macro: 'allOf' | 'anyOf', texts: readonly string[]): string {
  return texts.length === 1 ? (texts[0] ?? '') : `${macro}([${texts.join(', ')}])`;
}
