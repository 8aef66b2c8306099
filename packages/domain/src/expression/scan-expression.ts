import { excerpt } from '../filter/excerpt.ts';
import { ExpressionError } from './expression-error.ts';

export interface Token {
  readonly kind: 'name' | 'number' | 'string' | 'symbol' | 'end';
  /** As it was written. */
  readonly text: string;
  /** What a string says, its quotes and escapes resolved. */
  readonly value: string;
  /** 0-based. */
  readonly offset: number;
}

// Sticky, without nested repetition: each character is looked at a bounded number of times.
const SPACE = /\s*/y;
const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const NAME = /[\p{L}_][\p{L}\p{N}_]*/uy;
const SYMBOL = /==|!=|<=|>=|&&|\|\||[-+*/%<>!()[\]{}.,:]/y;
const STRING_PART = /[^\\'"]+|\\u[0-9a-fA-F]{4}|\\?./suy;

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '\\': '\\', "'": "'", '"': '"' };

/**
 * Cuts an expression into tokens, the last of which is its end. Linear in its length.
 * @throws ExpressionError where a character begins nothing or a text does not end
 */
export function scanExpression(text: string): Token[] {
  const tokens: Token[] = [];
  let offset = match(SPACE, text, 0).length;
  while (offset < text.length) {
    const token = scanToken(text, offset);
    tokens.push(token);
    offset += token.text.length;
    offset += match(SPACE, text, offset).length;
  }
  tokens.push({ kind: 'end', text: '', value: '', offset });
  return tokens;
}

function scanToken(text: string, offset: number): Token {
  const char = text.charAt(offset);
  if (char === "'" || char === '"') return scanString(text, offset, char);
  const number = match(NUMBER, text, offset);
  if (number) return { kind: 'number', text: number, value: number, offset };
  const name = match(NAME, text, offset);
  if (name) return { kind: 'name', text: name, value: name, offset };
  const symbol = match(SYMBOL, text, offset);
  if (symbol) return { kind: 'symbol', text: symbol, value: symbol, offset };
  const hint = char === '=' ? ', equality is ==' : '';
  const found = String.fromCodePoint(text.codePointAt(offset) ?? 0);
  throw new ExpressionError(offset, `${excerpt(found)} is not part of the language${hint}`);
}

/** As in Python, a backslash before a character that needs none is itself. */
function scanString(text: string, offset: number, quote: string): Token {
  let value = '';
  let at = offset + 1;
  while (at < text.length) {
    const part = match(STRING_PART, text, at);
    at += part.length;
    if (part === quote) return { kind: 'string', text: text.slice(offset, at), value: value.toWellFormed(), offset };
    value += resolveEscape(part);
  }
  throw new ExpressionError(offset, `expected a closing ${quote}, found the end of the expression`);
}

function resolveEscape(part: string): string {
  if (!part.startsWith('\\')) return part;
  if (part.length > 2) return String.fromCharCode(Number.parseInt(part.slice(2), 16));
  return ESCAPES[part.charAt(1)] ?? part;
}

function match(pattern: RegExp, text: string, offset: number): string {
  pattern.lastIndex = offset;
  return pattern.exec(text)?.[0] ?? '';
}

/** @param expected what would have been right there, in words */
export function unexpected(token: Token, expected: string): ExpressionError {
  const found = token.kind === 'end' ? 'the end of the expression' : excerpt(token.text);
  return new ExpressionError(token.offset, `expected ${expected}, found ${found}`);
}
