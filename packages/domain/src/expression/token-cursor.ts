import type { Token } from './scan-expression.ts';

/** Goes through the tokens of an expression; at their end it stays. */
export class TokenCursor {
  readonly #tokens: readonly Token[];
  #at = 0;

  /** @param tokens the last of which is the end */
  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  /** The next token, or the one so many further on. */
  peek(ahead = 0): Token {
    const token = this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)];
    if (token === undefined) throw new RangeError('an expression has an end');
    return token;
  }

  take(): Token {
    const token = this.peek();
    this.#at += 1;
    return token;
  }

  /** Takes the next token if it is this word, or this symbol. */
  takeWord(word: string, symbol?: string): boolean {
    const taken = isWord(this.peek(), word) || (symbol !== undefined && isSymbol(this.peek(), symbol));
    if (taken) this.take();
    return taken;
  }

  takeSymbol(symbol: string): boolean {
    const taken = isSymbol(this.peek(), symbol);
    if (taken) this.take();
    return taken;
  }
}

/** Keywords may be written in either case. */
export function isWord(token: Token, word: string): boolean {
  return token.kind === 'name' && token.text.toLowerCase() === word;
}

function isSymbol(token: Token, symbol: string): boolean {
  return token.kind === 'symbol' && token.text === symbol;
}
