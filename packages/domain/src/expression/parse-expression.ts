import { excerpt } from '../filter/excerpt.ts';
import type { Json } from '../json.ts';
import { arityOf, type Callable, FUNCTIONS, findCallable, METHODS } from './callables.ts';
import type { Dialect } from './dialect.ts';
import { ExpressionError } from './expression-error.ts';
import { EXPRESSION_LIMITS } from './expression-limits.ts';
import type { Comparison, ExpressionNode } from './expression-node.ts';
import type { Arithmetic } from './operators.ts';
import { ReadingLimits } from './reading-limits.ts';
import { scanExpression, type Token, unexpected } from './scan-expression.ts';
import { isWord, TokenCursor } from './token-cursor.ts';

export interface ParsedExpression {
  readonly root: ExpressionNode;
  /** The names it reads. */
  readonly names: ReadonlySet<string>;
}

/**
 * Reads an expression into a tree. Linear in its length.
 * @throws ExpressionError saying where and what was expected
 */
export function parseExpression(text: string, dialect: Dialect): ParsedExpression {
  const { characters } = EXPRESSION_LIMITS;
  if (text.length > characters) throw new ExpressionError(characters, `expected at most ${characters} characters`);
  return new ExpressionParser(scanExpression(text), dialect).parse();
}

/** Where an expression stands, which decides what may end it. */
interface Place {
  readonly closing: ')' | ']' | '';
  /** Whether commas separate several of them. */
  readonly many: boolean;
  /** Whether `['key']` may read the dialect's dict: not where a list can be meant. */
  readonly bareKeys: boolean;
}

const WHOLE: Place = { closing: '', many: false, bareKeys: true };
const GROUP: Place = { closing: ')', many: true, bareKeys: true };
const INDEX: Place = { closing: ']', many: false, bareKeys: true };
const LIST: Place = { closing: ']', many: true, bareKeys: false };
const ARGUMENTS: Place = { closing: ')', many: true, bareKeys: false };

const NONE: ExpressionNode = { kind: 'value', value: null };
const LITERALS = new Map<string, Json>([
  ['true', true],
  ['false', false],
  ['none', null],
  ['null', null],
]);
const COMPARISONS: ReadonlySet<string> = new Set<Comparison>(['==', '!=', '<', '<=', '>', '>=']);
const SUMS: ReadonlySet<string> = new Set<Arithmetic>(['+', '-']);
const PRODUCTS: ReadonlySet<string> = new Set<Arithmetic>(['*', '/', '%']);

/** Recursive descent: `or` over `and` over `not`, comparison, sum, product, sign, reading. Each token is read once. */
class ExpressionParser {
  readonly #tokens: TokenCursor;
  readonly #dialect: Dialect;
  readonly #names = new Set<string>();
  readonly #limits = new ReadingLimits();
  #place = WHOLE;
  /** The token that the comparison being read begins with. */
  #first: Token | undefined;

  constructor(tokens: readonly Token[], dialect: Dialect) {
    this.#tokens = new TokenCursor(tokens);
    this.#dialect = dialect;
  }

  parse(): ParsedExpression {
    const root = this.#or();
    const rest = this.#tokens.peek();
    if (rest.kind !== 'end') throw unexpected(rest, this.#continuation());
    return { root, names: this.#names };
  }

  #or(): ExpressionNode {
    const terms = [this.#and()];
    while (this.#tokens.takeWord('or', '||')) terms.push(this.#and());
    return joined('or', terms);
  }

  #and(): ExpressionNode {
    const terms = [this.#not()];
    while (this.#tokens.takeWord('and', '&&')) terms.push(this.#not());
    return joined('and', terms);
  }

  #not(): ExpressionNode {
    const token = this.#tokens.peek();
    if (!isWord(token, 'not')) return this.#comparison();
    this.#tokens.take();
    return this.#limits.deeper(token, () => ({ kind: 'not', term: this.#not() }));
  }

  #comparison(): ExpressionNode {
    this.#first = this.#tokens.peek();
    const left = this.#sum();
    const spelled = this.#comparator();
    if (!spelled) return left;
    const { operator, negated } = spelled;
    const compared: ExpressionNode = { kind: 'binary', operator, left, right: this.#sum() };
    const chained = this.#tokens.peek();
    if (this.#comparator()) {
      const hint = "comparisons cannot be chained; join them with 'and' or put one in brackets";
      throw new ExpressionError(chained.offset, `${hint}, found ${excerpt(chained.text)}`);
    }
    return negated ? { kind: 'not', term: compared } : compared;
  }

  #comparator(): { operator: Comparison; negated: boolean } | undefined {
    const token = this.#tokens.peek();
    if (token.kind === 'symbol' && COMPARISONS.has(token.text)) {
      return { operator: this.#tokens.take().text as Comparison, negated: false };
    }
    if (this.#tokens.takeWord('in')) return { operator: 'in', negated: false };
    if (this.#tokens.takeWord('is')) return { operator: '==', negated: this.#tokens.takeWord('not') };
    if (!this.#tokens.takeWord('not')) return undefined;
    if (!this.#tokens.takeWord('in')) throw unexpected(this.#tokens.peek(), "'in' after 'not'");
    return { operator: 'in', negated: true };
  }

  #sum(): ExpressionNode {
    return this.#chain(SUMS, () => this.#chain(PRODUCTS, () => this.#signed()));
  }

  #chain(operators: ReadonlySet<string>, operand: () => ExpressionNode): ExpressionNode {
    let left = operand();
    for (let token = this.#tokens.peek(); isSymbol(token, operators); token = this.#tokens.peek()) {
      const operator = this.#tokens.take().text as Arithmetic;
      left = { kind: 'binary', operator, left, right: operand() };
    }
    return left;
  }

  #signed(): ExpressionNode {
    const token = this.#tokens.take();
    if (token.kind !== 'symbol' || (token.text !== '!' && token.text !== '-')) return this.#reading(token);
    const kind = token.text === '!' ? 'not' : 'negative';
    return this.#limits.deeper(token, () => ({ kind, term: this.#signed() }));
  }

  #reading(token: Token): ExpressionNode {
    let from = this.#value(token);
    for (;;) {
      if (this.#tokens.takeSymbol('.')) from = this.#member(from, this.#tokens.take());
      else if (this.#tokens.peek().text === '[') from = { kind: 'read', from, key: this.#index(this.#tokens.take()) };
      else return from;
    }
  }

  #index(opening: Token): ExpressionNode {
    return this.#within(INDEX, opening, () => {
      const key = this.#or();
      this.#close();
      return key;
    });
  }

  #value(token: Token): ExpressionNode {
    switch (token.kind) {
      case 'number':
        return this.#literal(token, numberIn(token));
      case 'string':
        return this.#literal(token, token.value);
      case 'name':
        return this.#name(token);
      case 'end':
        throw unexpected(token, 'a value');
    }
    switch (token.text) {
      case '(':
        return this.#group(token);
      case '[':
        return this.#bareKey(token) ?? { kind: 'list', items: this.#items(LIST, token).items };
      case '{':
        if (this.#tokens.take().text !== '}')
          throw new ExpressionError(token.offset, 'expected a value; of dicts only {} can be written');
        return this.#literal(token, {});
      default:
        throw unexpected(token, 'a value');
    }
  }

  #literal(token: Token, value: Json): ExpressionNode {
    this.#limits.count(token);
    return { kind: 'value', value };
  }

  #name(token: Token): ExpressionNode {
    if (isWord(token, 'not')) {
      const hint = "expected a value, found 'not'; put 'not' and what it negates in brackets";
      throw new ExpressionError(token.offset, hint);
    }
    const literal = LITERALS.get(token.text.toLowerCase());
    if (literal !== undefined) return this.#literal(token, literal);
    if (this.#tokens.peek().text === '(') return this.#function(token);
    this.#limits.count(token);
    refuseHidden(token);
    const { names, unknownNames } = this.#dialect;
    if (names.includes(token.text)) return this.#read(token.text);
    if (unknownNames === 'None') return NONE;
    throw new ExpressionError(token.offset, `unknown name ${excerpt(token.text)}, expected one of ${names.join(', ')}`);
  }

  #read(name: string): ExpressionNode {
    this.#names.add(name);
    return { kind: 'name', name };
  }

  #function(token: Token): ExpressionNode {
    const { functions } = this.#dialect;
    const callable = findCallable(FUNCTIONS, token.text) ?? findCallable(functions, token.text);
    const subject = callable?.about === undefined ? NONE : this.#read(callable.about);
    const known = [...Object.keys(functions), ...Object.keys(FUNCTIONS)];
    return this.#call(token, subject, callable, 'function', known);
  }

  #member(from: ExpressionNode, token: Token): ExpressionNode {
    if (token.kind !== 'name') throw unexpected(token, "a name after '.'");
    if (this.#tokens.peek().text === '(') {
      return this.#call(token, from, findCallable(METHODS, token.text), 'method', Object.keys(METHODS));
    }
    this.#limits.count(token);
    refuseHidden(token);
    return { kind: 'read', from, key: { kind: 'value', value: token.text } };
  }

  #call(
    token: Token,
    subject: ExpressionNode,
    callable: Callable | undefined,
    what: 'function' | 'method',
    known: readonly string[],
  ): ExpressionNode {
    if (!callable) {
      const problem = `unknown ${what} ${excerpt(token.text)}, expected one of ${known.join(', ')}`;
      throw new ExpressionError(token.offset, problem);
    }
    this.#limits.count(token);
    const { items: args, closing } = this.#items(ARGUMENTS, this.#tokens.take());
    if (args.length < callable.min || args.length > callable.max) {
      throw new ExpressionError(closing.offset, `${token.text}() takes ${arityOf(callable)}, found ${args.length}`);
    }
    const { about, ofEach } = callable;
    if (ofEach && args.some((arg) => arg.kind === 'name' && arg.name === about)) {
      throw new ExpressionError(token.offset, `${token.text}() is about ${about} already: leave that out`);
    }
    return { kind: 'call', callable, subject, args };
  }

  /** Brackets around one expression, or a list of several: `(1, 2)`, `(1,)`, `()`. */
  #group(opening: Token): ExpressionNode {
    const { items, commas } = this.#items(GROUP, opening);
    const [only] = items;
    return only && commas === 0 ? only : { kind: 'list', items };
  }

  /** What stands between brackets; a comma may follow the last one. */
  #items(place: Place, opening: Token): { items: ExpressionNode[]; commas: number; closing: Token } {
    return this.#within(place, opening, () => {
      const items: ExpressionNode[] = [];
      let commas = 0;
      while (this.#tokens.peek().text !== place.closing || this.#tokens.peek().kind !== 'symbol') {
        items.push(this.#or());
        if (!this.#tokens.takeSymbol(',')) break;
        commas += 1;
      }
      return { items, commas, closing: this.#close() };
    });
  }

  /** A dialect may have `['key']` at the beginning of a comparison read one of its dicts. */
  #bareKey(opening: Token): ExpressionNode | undefined {
    const { bareKeysOf } = this.#dialect;
    const [key, closing] = [this.#tokens.peek(), this.#tokens.peek(1)];
    if (bareKeysOf === undefined || !this.#place.bareKeys || opening !== this.#first) return undefined;
    if (key.kind !== 'string' || closing.text !== ']') return undefined;
    this.#limits.count(key);
    this.#tokens.take();
    this.#tokens.take();
    return { kind: 'read', from: this.#read(bareKeysOf), key: { kind: 'value', value: key.value } };
  }

  #within<Read>(place: Place, opening: Token, read: () => Read): Read {
    const outer = this.#place;
    return this.#limits.deeper(opening, () => {
      this.#place = place;
      const content = read();
      this.#place = outer;
      return content;
    });
  }

  #close(): Token {
    const token = this.#tokens.take();
    if (token.kind !== 'symbol' || token.text !== this.#place.closing) throw unexpected(token, this.#continuation());
    return token;
  }

  #continuation(): string {
    const { closing } = this.#place;
    return closing ? `an operator or a closing '${closing}'` : 'an operator or the end of the expression';
  }
}

function joined(kind: 'and' | 'or', terms: readonly ExpressionNode[]): ExpressionNode {
  const [only] = terms;
  return only && terms.length === 1 ? only : { kind, terms };
}

function isSymbol(token: Token, symbols: ReadonlySet<string>): boolean {
  return token.kind === 'symbol' && symbols.has(token.text);
}

/** Names such as `__class__` are no data in Python and none here. */
function refuseHidden(token: Token): void {
  if (token.text.startsWith('__')) throw new ExpressionError(token.offset, `${excerpt(token.text)} cannot be read`);
}

function numberIn(token: Token): number {
  const number = Number(token.text);
  if (Number.isFinite(number)) return number;
  throw new ExpressionError(token.offset, `${excerpt(token.text)} is too large for a number`);
}
