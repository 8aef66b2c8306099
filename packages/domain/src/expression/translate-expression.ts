import { excerpt } from '../filter/excerpt.ts';
import { arityOf, type Callable, FUNCTIONS, findCallable, METHODS } from './callables.ts';
import type { Dialect } from './dialect.ts';
import { ExpressionError } from './expression-error.ts';
import { EXPRESSION_LIMITS } from './expression-limits.ts';
import { Frame } from './frame.ts';
import { scanExpression, type Token, unexpected } from './scan-expression.ts';
import { isWord, TokenCursor } from './token-cursor.ts';

/** What may come next: a value, or what continues or ends one. */
type Next = 'value' | 'operator';

const LITERALS = new Map([
  ['true', 'true'],
  ['false', 'false'],
  ['none', 'null'],
  ['null', 'null'],
]);
const COMPARISONS = new Set(['==', '!=', '<', '<=', '>', '>=']);

export interface Translation {
  readonly cel: string;
  /** The names the expression reads. */
  readonly names: ReadonlySet<string>;
}

/**
 * Rewrites an expression, token by token, into CEL over values of one type. Every value is made by `v(...)`, every name
 * is prefixed, every field, method and function is a call by a registered name: nothing a client wrote reaches CEL but
 * numbers and quoted texts. Linear in the length of the expression.
 * @throws ExpressionError saying where and what was expected
 */
export function translateExpression(text: string, dialect: Dialect): Translation {
  const { characters } = EXPRESSION_LIMITS;
  if (text.length > characters) throw new ExpressionError(characters, `expected at most ${characters} characters`);
  return new Translator(scanExpression(text), dialect).translate();
}

class Translator {
  readonly #tokens: TokenCursor;
  readonly #dialect: Dialect;
  readonly #names = new Set<string>();
  readonly #outer: Frame[] = [];
  #frame = new Frame({ kind: 'whole', closing: '', depth: 0, offset: 0 });
  #terms = 0;

  constructor(tokens: readonly Token[], dialect: Dialect) {
    this.#tokens = new TokenCursor(tokens);
    this.#dialect = dialect;
  }

  translate(): Translation {
    let next: Next = 'value';
    while (next === 'value' || !this.#isWhole()) {
      next = next === 'value' ? this.#value(this.#tokens.take()) : this.#operator(this.#tokens.take());
    }
    return { cel: this.#frame.close().text, names: this.#names };
  }

  #isWhole(): boolean {
    return this.#tokens.peek().kind === 'end' && this.#frame.shape.kind === 'whole';
  }

  #value(token: Token): Next {
    switch (token.kind) {
      case 'number':
        return this.#literal(token, celNumber(token));
      case 'string':
        return this.#literal(token, JSON.stringify(token.value));
      case 'name':
        return isWord(token, 'not') ? this.#not(token) : this.#name(token);
      case 'end':
        throw unexpected(token, 'a value');
    }
    switch (token.text) {
      case '!':
      case '-':
        this.#deeper(token);
        this.#frame.term += token.text === '-' ? ' -' : '!';
        return 'value';
      case '(':
        return this.#open(token, 'group');
      case '[':
        return this.#bareKey() ?? this.#open(token, 'list');
      case '{':
        if (this.#tokens.take().text !== '}')
          throw new ExpressionError(token.offset, 'expected a value; of dicts only {} can be written');
        return this.#literal(token, '{}');
      default:
        if (this.#frame.isBetweenItems && token.text === this.#frame.shape.closing) return this.#close(token);
        throw unexpected(token, 'a value');
    }
  }

  #operator(token: Token): Next {
    if (token.kind === 'name') return this.#wordOperator(token);
    switch (token.text) {
      case '.':
        return this.#member(this.#tokens.take());
      case '[':
        return this.#open(token, 'index');
      case '&&':
        this.#frame.and();
        return 'value';
      case '||':
        this.#frame.or();
        return 'value';
      case '+':
      case '-':
      case '*':
      case '/':
      case '%':
        this.#frame.term += ` ${token.text} `;
        return 'value';
      case ',':
        if (this.#frame.shape.kind === 'whole' || this.#frame.shape.kind === 'index') break;
        this.#frame.comma();
        return 'value';
      case ')':
      case ']':
        if (token.text !== this.#frame.shape.closing) break;
        return this.#close(token);
    }
    if (COMPARISONS.has(token.text)) return this.#compare(token, token.text, false);
    throw unexpected(token, this.#continuation());
  }

  #wordOperator(token: Token): Next {
    switch (token.text.toLowerCase()) {
      case 'and':
        this.#frame.and();
        return 'value';
      case 'or':
        this.#frame.or();
        return 'value';
      case 'in':
        return this.#compare(token, 'in', false);
      case 'not': {
        const word = this.#tokens.take();
        if (!isWord(word, 'in')) throw unexpected(word, "'in' after 'not'");
        return this.#compare(token, 'in', true);
      }
      case 'is': {
        const negated = isWord(this.#tokens.peek(), 'not');
        if (negated) this.#tokens.take();
        return this.#compare(token, '==', negated);
      }
      default:
        throw unexpected(token, this.#continuation());
    }
  }

  #continuation(): string {
    const { closing } = this.#frame.shape;
    return closing ? `an operator or a closing '${closing}'` : 'an operator or the end of the expression';
  }

  #compare(token: Token, operator: string, negated: boolean): Next {
    if (this.#frame.compared) {
      const hint = "comparisons cannot be chained; join them with 'and' or put one in brackets";
      throw new ExpressionError(token.offset, `${hint}, found ${excerpt(token.text)}`);
    }
    this.#frame.compared = true;
    this.#frame.negated = negated;
    this.#frame.term += ` ${operator} `;
    return 'value';
  }

  #not(token: Token): Next {
    if (!this.#frame.isAtTermStart) {
      throw new ExpressionError(
        token.offset,
        `expected a value, found 'not'; put 'not' and what it negates in brackets`,
      );
    }
    this.#deeper(token);
    this.#frame.nots += 1;
    return 'value';
  }

  #literal(token: Token, cel: string): Next {
    this.#count(token);
    this.#frame.term += `v(${cel})`;
    return 'operator';
  }

  #name(token: Token): Next {
    const literal = LITERALS.get(token.text.toLowerCase());
    if (literal) return this.#literal(token, literal);
    if (this.#tokens.peek().text === '(') {
      const callable = findCallable(FUNCTIONS, token.text) ?? findCallable(this.#dialect.functions, token.text);
      const known = [...Object.keys(this.#dialect.functions), ...Object.keys(FUNCTIONS)];
      const about = callable?.about === undefined ? 'v(null)' : this.#read(callable.about);
      return this.#call(token, about, callable, 'function', known);
    }
    this.#count(token);
    refuseHidden(token);
    const { names } = this.#dialect;
    if (names.includes(token.text)) this.#frame.term += this.#read(token.text);
    else if (this.#dialect.unknownNames === 'None') this.#frame.term += 'v(null)';
    else
      throw new ExpressionError(
        token.offset,
        `unknown name ${excerpt(token.text)}, expected one of ${names.join(', ')}`,
      );
    return 'operator';
  }

  #read(name: string): string {
    this.#names.add(name);
    return `n_${name}`;
  }

  #member(token: Token): Next {
    if (token.kind !== 'name') throw unexpected(token, "a name after '.'");
    if (this.#tokens.peek().text === '(') {
      return this.#call(token, '', findCallable(METHODS, token.text), 'method', Object.keys(METHODS));
    }
    this.#count(token);
    refuseHidden(token);
    this.#frame.term += `.at(v(${JSON.stringify(token.text)}))`;
    return 'operator';
  }

  /** A dialect may have `['key']` at the beginning of a term read one of its dicts. */
  #bareKey(): Next | undefined {
    const { bareKeysOf } = this.#dialect;
    const [key, closing] = [this.#tokens.peek(), this.#tokens.peek(1)];
    const inCall = this.#frame.shape.kind === 'call' || this.#frame.shape.kind === 'list';
    if (bareKeysOf === undefined || inCall || !this.#frame.isAtTermStart) return undefined;
    if (key.kind !== 'string' || closing.text !== ']') return undefined;
    this.#count(key);
    this.#tokens.take();
    this.#tokens.take();
    this.#frame.term += `${this.#read(bareKeysOf)}.at(v(${JSON.stringify(key.value)}))`;
    return 'operator';
  }

  #call(token: Token, subject: string, callable: Callable | undefined, what: string, known: string[]): Next {
    if (!callable) {
      throw new ExpressionError(
        token.offset,
        `unknown ${what} ${excerpt(token.text)}, expected one of ${known.join(', ')}`,
      );
    }
    this.#count(token);
    const before = `${subject}.f_${token.text}`;
    return this.#open(this.#tokens.take(), 'call', { name: token.text, definition: callable, before });
  }

  #open(token: Token, kind: 'group' | 'list' | 'index' | 'call', callable?: Frame['shape']['callable']): Next {
    const depth = this.#deeper(token);
    this.#frame.prefixes -= 1;
    this.#outer.push(this.#frame);
    const closing = kind === 'group' || kind === 'call' ? ')' : ']';
    this.#frame = new Frame({ kind, closing, depth, offset: token.offset, ...(callable && { callable }) });
    return 'value';
  }

  #close(token: Token): Next {
    const { text, items } = this.#frame.close();
    const { callable } = this.#frame.shape;
    if (callable && (items < callable.definition.min || items > callable.definition.max)) {
      throw new ExpressionError(
        token.offset,
        `${callable.name}() takes ${arityOf(callable.definition)}, found ${items}`,
      );
    }
    this.#frame = this.#outer.pop() ?? this.#frame;
    this.#frame.term += text;
    return 'operator';
  }

  /** Counts one level of nesting. @returns how deep what follows is */
  #deeper(token: Token): number {
    this.#frame.prefixes += 1;
    const depth = this.#frame.shape.depth + this.#frame.prefixes;
    if (depth > EXPRESSION_LIMITS.depth) {
      throw new ExpressionError(
        token.offset,
        `expected at most ${EXPRESSION_LIMITS.depth} levels of brackets and negations`,
      );
    }
    return depth;
  }

  #count(token: Token): void {
    this.#terms += 1;
    if (this.#terms > EXPRESSION_LIMITS.terms) {
      throw new ExpressionError(token.offset, `expected at most ${EXPRESSION_LIMITS.terms} names, texts and numbers`);
    }
  }
}

/** Names such as `__class__` are no data in Python and none here. */
function refuseHidden(token: Token): void {
  if (token.text.startsWith('__')) throw new ExpressionError(token.offset, `${excerpt(token.text)} cannot be read`);
}

/** Always a double: 5 and 5.0 are one number, as in JSON. */
function celNumber(token: Token): string {
  const number = Number(token.text);
  if (!Number.isFinite(number))
    throw new ExpressionError(token.offset, `${excerpt(token.text)} is too large for a number`);
  const text = String(number);
  return /[.e]/.test(text) ? text : `${text}.0`;
}
