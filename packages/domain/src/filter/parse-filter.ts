import { excerpt } from './excerpt.ts';
import { type FieldCatalogue, type FieldType, findField } from './field-catalogue.ts';
import { FilterError } from './filter-error.ts';
import { isNull, misfit, valueFor, valuesEqualTo } from './filter-literal.ts';
import type { FieldPath, FilterNode, FilterValue } from './filter-node.ts';
import { findOperator } from './filter-operator.ts';
import { FilterScanner, type Token, unexpected } from './filter-scanner.ts';

/**
 * What bounds one list's filter, all its `filter=` parameters together. Each `*` of a pattern counts as a term, and as five
 * where the field is JSON.
 */
export const FILTER_LIMITS = { characters: 4_000, depth: 50, terms: 200 } as const;

/**
 * Reads the `filter=` parameters of a request, in any mix of the three spellings. Several are AND-ed.
 * @returns undefined when they are all blank: no filter
 * @throws FilterError saying where and what was expected; its position counts within its own parameter
 */
export function parseFilter(filters: readonly string[], fields: FieldCatalogue): FilterNode | undefined {
  let characters = 0;
  let terms = 0;
  const countTerm = (offset: number) => {
    terms += 1;
    if (terms > FILTER_LIMITS.terms) throw tooMany('FILTER_TOO_MANY_TERMS', offset, FILTER_LIMITS.terms, 'comparisons');
  };

  const nodes = filters
    .filter((text) => text.trim() !== '')
    .map((text) => {
      const room = FILTER_LIMITS.characters - characters;
      if (text.length > room) throw tooMany('FILTER_TOO_LONG', room, FILTER_LIMITS.characters, 'characters');
      characters += text.length;
      refuseUnstorable(text);
      return new FilterParser(text, fields, countTerm).parse();
    });
  return nodes.length > 0 ? joined('and', nodes) : undefined;
}

/** Recursive descent: `or` over `and` over `not`, brackets and comparisons. Each token is read once. */
class FilterParser {
  readonly #scanner: FilterScanner;
  readonly #fields: FieldCatalogue;
  readonly #countTerm: (offset: number) => void;
  #depth = 0;

  constructor(text: string, fields: FieldCatalogue, countTerm: (offset: number) => void) {
    this.#scanner = new FilterScanner(text);
    this.#fields = fields;
    this.#countTerm = countTerm;
  }

  parse(): FilterNode {
    const node = this.#or();
    const rest = this.#scanner.next();
    if (rest.kind !== 'end') throw unexpected(rest, "'and', 'or' or the end of the filter");
    return node;
  }

  #or(): FilterNode {
    const terms = [this.#and()];
    while (this.#take('or', '||', ',')) terms.push(this.#and());
    return joined('or', terms);
  }

  #and(): FilterNode {
    const terms = [this.#term()];
    while (this.#take('and', '&&', ';')) terms.push(this.#term());
    return joined('and', terms);
  }

  #term(): FilterNode {
    const token = this.#scanner.next();
    if (is(token, 'not', '!')) return this.#deeper(token, () => ({ kind: 'not', term: this.#term() }));
    if (is(token, '(')) {
      return this.#deeper(token, () => {
        const node = this.#or();
        this.#expect("'and', 'or' or ')'", ')');
        return node;
      });
    }
    return this.#comparison(token);
  }

  #deeper(token: Token, read: () => FilterNode): FilterNode {
    this.#depth += 1;
    if (this.#depth > FILTER_LIMITS.depth) {
      throw tooMany('FILTER_TOO_DEEP', token.offset, FILTER_LIMITS.depth, 'levels of brackets and negations');
    }
    const node = read();
    this.#depth -= 1;
    return node;
  }

  #comparison(token: Token): FilterNode {
    if (token.kind !== 'word') throw unexpected(token, "a field, 'not' or '('");
    this.#countTerm(token.offset);
    const { path: field, type } = findField(this.#fields, token.text, token.offset);

    const spelled = this.#scanner.next();
    if (is(spelled, 'is')) return this.#nullness(field);
    if (is(spelled, 'not')) {
      this.#expect("'in'", 'in');
      return not({ kind: 'one-of', field, values: this.#list(field, type) });
    }

    const operator = findOperator(spelled.text);
    if (!operator) throw unexpected(spelled, `an operator after ${excerpt(token.text)}`);
    switch (operator.kind) {
      case 'equals': {
        const literal = this.#scanner.value();
        const test: FilterNode = isNull(literal)
          ? not({ kind: 'present', field })
          : { kind: 'one-of', field, values: valuesEqualTo(field, type, literal) };
        return operator.negated ? not(test) : test;
      }
      case 'in': {
        const test: FilterNode = { kind: 'one-of', field, values: this.#list(field, type) };
        return operator.negated ? not(test) : test;
      }
      case 'order': {
        const value = valueFor(field, type, this.#scanner.value());
        if (typeof value === 'boolean')
          throw misfit(spelled.offset, 'an operator other than an order', field, spelled.text);
        return { kind: 'order', field, operator: operator.operator, value };
      }
      case 'like': {
        const fits = type.kind === 'text' || type.kind === 'uuid' || type.kind === 'json';
        if (!fits) throw misfit(spelled.offset, 'an operator other than a pattern', field, spelled.text);
        const pattern = this.#scanner.value().text;
        this.#countStars(pattern, type, spelled.offset);
        return { kind: 'like', field, pattern };
      }
    }
  }

  /** Each run of `*` is a search of its own, and JSON has to be unpacked for it. */
  #countStars(pattern: string, type: FieldType, offset: number): void {
    const searches = (pattern.match(/\*+/g)?.length ?? 0) * (type.kind === 'json' ? 5 : 1);
    for (let search = 1; search < searches; search += 1) this.#countTerm(offset);
  }

  #nullness(field: FieldPath): FilterNode {
    const present: FilterNode = { kind: 'present', field };
    if (this.#take('null')) return not(present);
    this.#expect("'null' or 'not null'", 'not');
    this.#expect("'null'", 'null');
    return present;
  }

  /** Between these brackets a comma separates values, elsewhere it means `or`. */
  #list(field: FieldPath, type: FieldType): FilterValue[] {
    const values: FilterValue[] = [];
    this.#expect("'(' and a list of values", '(');
    do values.push(...valuesEqualTo(field, type, this.#scanner.value()));
    while (this.#take(','));
    this.#expect("',' or ')'", ')');
    return values;
  }

  #take(...spellings: string[]): boolean {
    const taken = is(this.#scanner.peek(), ...spellings);
    if (taken) this.#scanner.next();
    return taken;
  }

  #expect(expected: string, spelling: string): void {
    const token = this.#scanner.next();
    if (!is(token, spelling)) throw unexpected(token, expected);
  }
}

function is(token: Token, ...spellings: string[]): boolean {
  return spellings.includes(token.text.toLowerCase());
}

function not(term: FilterNode): FilterNode {
  return { kind: 'not', term };
}

function joined(kind: 'and' | 'or', terms: FilterNode[]): FilterNode {
  const [only] = terms;
  return only && terms.length === 1 ? only : { kind, terms };
}

function tooMany(
  code: 'FILTER_TOO_LONG' | 'FILTER_TOO_DEEP' | 'FILTER_TOO_MANY_TERMS',
  offset: number,
  limit: number,
  what: string,
): FilterError {
  return new FilterError(code, offset, `at most ${limit} ${what}`, 'more');
}

/** Postgres has no text with U+0000, and half a surrogate pair is no character: neither can match anything. */
function refuseUnstorable(text: string): void {
  const offset = text.search(/[\0\p{Surrogate}]/u);
  if (offset >= 0) throw new FilterError('FILTER_INVALID', offset, 'Unicode text', 'a character that is none');
}
