import type { OrderOperator } from '@gantry/domain/filter/filter-node';
import type { Json } from '@gantry/domain/json';
import fc from 'fast-check';
import type { RandomExecution } from './random-executions.ts';
import { anyCase, bareOrQuoted, compare, FIELDS, type Field, type Literal, oneOf } from './random-fields.ts';

/** A filter as a client may write it, and which executions the definition of the language says it selects. */
interface Sentence {
  readonly text: string;
  readonly holds: (execution: RandomExecution) => boolean;
}

const ORDER_HOLDS: Readonly<Record<OrderOperator, (comparison: number) => boolean>> = {
  '>': (comparison) => comparison > 0,
  '>=': (comparison) => comparison >= 0,
  '<': (comparison) => comparison < 0,
  '<=': (comparison) => comparison <= 0,
};
const ORDER_SPELLINGS: Readonly<Record<OrderOperator, readonly string[]>> = {
  '>': ['gt', '>', '=gt='],
  '>=': ['ge', 'gte', '>=', '=ge=', '=gte='],
  '<': ['lt', '<', '=lt='],
  '<=': ['le', 'lte', '<=', '=le=', '=lte='],
};
const PATTERNS = [
  '*',
  '',
  'a',
  'A*',
  '*b',
  'a%b',
  '*_*',
  'a\\*',
  'INV-*.pdf',
  '**o*S*',
  "*'*",
  '*so*',
  '0198*AB',
  '😀*',
];

/** An operator between a field and a value, in any case; one of signs may stand close to them. */
function infix(field: Field, spellings: readonly string[], value: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.tuple(oneOf(spellings).chain(anyCase), fc.boolean(), value).map(([operator, close, written]) => {
    const space = close && !/^[a-z]/i.test(operator) ? '' : ' ';
    return field.name + space + operator + space + written;
  });
}

function sentence(
  field: Field,
  spellings: readonly string[],
  value: string,
  test: (value: Json) => boolean,
  negated = false,
) {
  return infix(field, spellings, fc.constant(value)).map(
    (text): Sentence => ({ text, holds: (execution) => field.values(execution).some(test) !== negated }),
  );
}

function comparison(field: Field): fc.Arbitrary<Sentence> {
  const { equal, order, like } = field.kind;
  const equality = fc.tuple(equal, fc.boolean()).chain(([{ value, text }, negated]) => {
    const spellings = negated ? ['ne', '!=', '!', '!:', '=ne='] : ['eq', '==', ':', '=eq='];
    return sentence(field, spellings, text, (it) => it === value, negated);
  });
  const membership = fc
    .tuple(fc.array(equal, { minLength: 1, maxLength: 4 }), fc.boolean(), oneOf([',', ', ', ' , ']))
    .chain(([literals, negated, comma]) => {
      const list = `(${literals.map((it) => it.text).join(comma)})`;
      const values = literals.map((it) => it.value);
      const among = (it: Json) => values.some((value) => value === it);
      return sentence(field, negated ? ['not in', '=out='] : ['in', '=in='], list, among, negated);
    });
  const nullness = fc
    .constantFrom(['is null', true] as const, ['eq null', true] as const, ['is not null', false] as const)
    .chain(([spelling, negated]) =>
      anyCase(spelling).map(
        (words): Sentence => ({
          text: `${field.name} ${words}`,
          holds: (execution) => field.values(execution).length > 0 !== negated,
        }),
      ),
    );
  const ordering = (literal: Literal) =>
    fc.tuple(literal, oneOf(Object.keys(ORDER_HOLDS) as OrderOperator[])).chain(([{ value, text }, operator]) => {
      const test = (it: Json) => ORDER_HOLDS[operator](compare(it, value));
      return sentence(field, ORDER_SPELLINGS[operator], text, test);
    });
  const matching = oneOf(PATTERNS).chain((pattern) => {
    const parts = pattern.split('*').map((part) => RegExp.escape(part));
    const regex = new RegExp(`^${parts.join('.*')}$`, 'is');
    const test = (it: Json) => typeof it === 'string' && regex.test(it);
    return bareOrQuoted(pattern).chain((text) => sentence(field, ['like', '=like=', '~'], text, test));
  });
  return fc.oneof(equality, membership, nullness, ...(order ? [ordering(order)] : []), ...(like ? [matching] : []));
}

function joined(
  term: fc.Arbitrary<Sentence>,
  joints: readonly string[],
  kind: 'some' | 'every',
): fc.Arbitrary<Sentence> {
  return fc
    .array(fc.tuple(term, oneOf(joints).chain(anyCase)), { minLength: 1, maxLength: 3 })
    .map((terms): Sentence => {
      const text = terms.map(([term, joint], index) => (index === 0 ? '' : joint) + term.text).join('');
      return { text, holds: (execution) => terms[kind](([term]) => term.holds(execution)) };
    });
}

/** Grown by the grammar: alternatives of conjunctions of comparisons, negations and brackets. */
const { alternatives } = fc.letrec<{ alternatives: Sentence; conjunction: Sentence; term: Sentence }>((tie) => ({
  alternatives: joined(tie('conjunction'), [' or ', ',', ' , ', '||', ' || '], 'some'),
  conjunction: joined(tie('term'), [' and ', ';', ' ; ', '&&', ' && '], 'every'),
  term: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    { weight: 4, arbitrary: oneOf(FIELDS).chain(comparison) },
    { weight: 1, arbitrary: tie('alternatives').map(({ text, holds }): Sentence => ({ text: `(${text})`, holds })) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(tie('term'), oneOf(['not ', 'NOT ', '!', '! ']))
        .map(([{ text, holds }, not]): Sentence => ({ text: not + text, holds: (execution) => !holds(execution) })),
    },
  ),
}));

export const randomFilter = alternatives.filter(({ text }) => text.length <= 4_000);
