import type { OrderOperator } from './filter-node.ts';

/** What an operator does, whichever way it is spelled. */
export type FilterOperator =
  | { readonly kind: 'equals' | 'in'; readonly negated: boolean }
  | { readonly kind: 'order'; readonly operator: OrderOperator }
  | { readonly kind: 'like' };

const equals = { kind: 'equals', negated: false } as const;
const differs = { kind: 'equals', negated: true } as const;
const greater = { kind: 'order', operator: '>' } as const;
const atLeast = { kind: 'order', operator: '>=' } as const;
const less = { kind: 'order', operator: '<' } as const;
const atMost = { kind: 'order', operator: '<=' } as const;
const like = { kind: 'like' } as const;

/** `not in`, `is null` and `is not null` are of more than one word and left to the parser. */
const SPELLINGS = new Map<string, FilterOperator>([
  ...spell(equals, 'eq', '=eq=', '==', ':'),
  ...spell(differs, 'ne', '=ne=', '!=', '!', '!:'),
  ...spell(greater, 'gt', '=gt=', '>'),
  ...spell(atLeast, 'ge', 'gte', '=ge=', '=gte=', '>='),
  ...spell(less, 'lt', '=lt=', '<'),
  ...spell(atMost, 'le', 'lte', '=le=', '=lte=', '<='),
  ...spell(like, 'like', '=like=', '~'),
  ...spell({ kind: 'in', negated: false }, 'in', '=in='),
  ...spell({ kind: 'in', negated: true }, '=out='),
]);

function spell(operator: FilterOperator, ...spellings: string[]): [string, FilterOperator][] {
  return spellings.map((spelling) => [spelling, operator]);
}

/** Words in upper or lower case. */
export function findOperator(spelling: string): FilterOperator | undefined {
  return SPELLINGS.get(spelling.toLowerCase());
}
