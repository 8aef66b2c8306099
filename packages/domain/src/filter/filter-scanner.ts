import { excerpt } from './excerpt.ts';
import { FilterError } from './filter-error.ts';

/** A word or symbol between values: a field, a keyword, an operator, a bracket. Empty text is the end. */
export interface Token {
  readonly kind: 'word' | 'symbol' | 'end';
  readonly text: string;
  /** 0-based. */
  readonly offset: number;
}

/** A value as it was written. */
export interface Literal {
  readonly text: string;
  readonly quoted: boolean;
  readonly offset: number;
}

// Sticky, without nested repetition: each character is looked at a bounded number of times.
const SPACE = /\s*/y;
const SYMBOL = /=[a-z]+=|==|!=|!:|>=|<=|&&|\|\||[():;,!~<>]/iy;
// The reserved characters are those of RSQL. A colon ends a field but may be part of a bare value: `ref==module://org/x`.
const FIELD_WORD = /[^\s'"();,=!~<>&|:]+/y;
const VALUE_WORD = /[^\s'"();,=!~<>&|]+/y;

/** Cuts a filter into tokens as the parser asks for them: only it knows whether a field or a value may come next. */
export class FilterScanner {
  readonly #text: string;
  #offset = 0;
  #peeked: Token | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  /** The next token, which stays the next one. */
  peek(): Token {
    this.#peeked ??= this.#scan();
    return this.#peeked;
  }

  next(): Token {
    const token = this.peek();
    this.#peeked = undefined;
    this.#offset = token.offset + token.text.length;
    return token;
  }

  /** The value that must come next. @throws FilterError FILTER_INVALID when something else does */
  value(): Literal {
    this.#peeked = undefined;
    this.#offset += this.#match(SPACE, this.#offset).length;
    const offset = this.#offset;
    const first = this.#text[offset];
    if (first === "'" || first === '"') return { text: this.#quoted(first), quoted: true, offset };

    const text = this.#match(VALUE_WORD, offset);
    if (text === '' || /^(and|or)$/i.test(text)) throw unexpected(this.peek(), 'a value');
    this.#offset += text.length;
    return { text, quoted: false, offset };
  }

  #scan(): Token {
    const offset = this.#offset + this.#match(SPACE, this.#offset).length;
    if (offset === this.#text.length) return { kind: 'end', text: '', offset };
    const symbol = this.#match(SYMBOL, offset);
    if (symbol) return { kind: 'symbol', text: symbol, offset };
    const word = this.#match(FIELD_WORD, offset);
    // A stray quote, `=`, `&` or `|` is a symbol that nothing expects.
    return word ? { kind: 'word', text: word, offset } : { kind: 'symbol', text: this.#text[offset] ?? '', offset };
  }

  /** Inside, a quote is doubled or backslashed and a backslash may be; before anything else a backslash is itself. */
  #quoted(quote: string): string {
    const begin = this.#offset;
    let value = '';
    for (let at = begin + 1; at < this.#text.length; at++) {
      const char = this.#text[at] ?? '';
      const after = this.#text[at + 1];
      if (char === quote && after !== quote) {
        this.#offset = at + 1;
        return value;
      }
      const escapes = char === quote || (char === '\\' && (after === "'" || after === '"' || after === '\\'));
      value += escapes ? after : char;
      if (escapes) at++;
    }
    throw new FilterError('FILTER_INVALID', begin, `a closing ${quote}`, 'the end of the filter');
  }

  #match(pattern: RegExp, offset: number): string {
    pattern.lastIndex = offset;
    return pattern.exec(this.#text)?.[0] ?? '';
  }
}

export function unexpected(token: Token, expected: string): FilterError {
  const found = token.kind === 'end' ? 'the end of the filter' : excerpt(token.text);
  return new FilterError('FILTER_INVALID', token.offset, expected, found);
}
