import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../json.ts';
import { judge } from './test/judge.ts';

/** An expression as a tree, before anybody has spelled it. */
type Tree =
  | { kind: 'value'; text: string; value: Json }
  | { kind: 'not'; term: Tree }
  | { kind: 'and' | 'or' | 'equal' | 'less' | 'in'; left: Tree; right: Tree; negated: boolean };

const CONTEXT: JsonObject = {
  one: 1,
  half: 0.5,
  word: 'and',
  empty: '',
  yes: true,
  list: [1, 'not', null, []],
  dict: { or: 1 },
};

const value = fc.constantFrom<[string[], Json]>(
  ...Object.entries(CONTEXT).map(([key, json]): [string[], Json] => [
    [`context.${key}`, `context['${key}']`, `context.get("${key}")`, `(context).get('${key}', 5)`],
    json,
  ]),
  [['None', 'null', 'context.missing', 'unknown', 'context.missing.deeper'], null],
  [['True', 'true', 'TRUE'], true],
  [['False', 'false', 'FALSE'], false],
  [['"not"', "'not'", "'n' + 'ot'", "'\\u006eot'"], 'not'],
  [['1', '1.0', '2 - 1', '10e-1', '7 % 2', '3 / 3'], 1],
  [
    ["['or', 1]", "('or', 1)", "['or'] + [1,]", "('or', 1,)"],
    ['or', 1],
  ],
);

const leaf = value.chain(([texts, json]) =>
  fc.constantFrom(...texts).map((text): Tree => ({ kind: 'value', text: `(${text})`, value: json })),
);

const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.record({ kind: fc.constant('not' as const), term: tie('tree') }),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const, 'equal' as const, 'less' as const, 'in' as const),
      left: tie('tree'),
      right: tie('tree'),
      negated: fc.boolean(),
    }),
  ),
}));

/** How tightly a tree binds: what is looser than its place goes into brackets. */
const TIGHTNESS = { or: 1, and: 2, not: 3, equal: 4, less: 4, in: 4, value: 9 };

type Choose = <Choice>(...choices: Choice[]) => Choice;

function spell(node: Tree, choose: Choose, place = 0): string {
  const text = spellBare(node, choose);
  return TIGHTNESS[node.kind] < place || choose(true, false, false, false) ? `(${text})` : text;
}

function spellBare(node: Tree, choose: Choose): string {
  switch (node.kind) {
    case 'value':
      return node.text;
    case 'not':
      return choose(
        () => `${choose('not ', 'NOT ', 'not  ')}${spell(node.term, choose, TIGHTNESS.not)}`,
        () => `${choose('!', '! ')}(${spell(node.term, choose)})`,
      )();
    case 'and':
      return `${spell(node.left, choose, 2)}${choose(' and ', ' AND ', ' && ', '&&')}${spell(node.right, choose, 3)}`;
    case 'or':
      return `${spell(node.left, choose, 1)}${choose(' or ', ' OR ', ' || ', '||')}${spell(node.right, choose, 2)}`;
    default: {
      const [plain, negated] = COMPARISONS[node.kind];
      return `${spell(node.left, choose, 5)}${choose(...(node.negated ? negated : plain))}${spell(node.right, choose, 5)}`;
    }
  }
}

const COMPARISONS = {
  equal: [
    [' == ', '==', ' is '],
    [' != ', '!=', ' is not '],
  ],
  less: [
    [' < ', '<'],
    [' >= ', '>='],
  ],
  in: [
    [' in ', ' IN '],
    [' not in ', ' NOT IN ', ' not  in '],
  ],
} as const;

const NO_ANSWER = Symbol('no answer');

/** What the tree means, said a second time and differently: it throws where there is no answer. */
function meaning(node: Tree): Json {
  switch (node.kind) {
    case 'value':
      return node.value;
    case 'not':
      return !isTrue(meaning(node.term));
    case 'and':
    case 'or': {
      const left = meaning(node.left);
      return isTrue(left) === (node.kind === 'and') ? meaning(node.right) : left;
    }
    default:
      return compared(node.kind, meaning(node.left), meaning(node.right)) !== node.negated;
  }
}

function compared(kind: 'equal' | 'less' | 'in', left: Json, right: Json): boolean {
  if (kind === 'equal') return sameText(left, right);
  if (kind === 'less') {
    const [a, b] = [asNumber(left), asNumber(right)];
    if (typeof a !== typeof b || (typeof a !== 'string' && typeof a !== 'number')) throw NO_ANSWER;
    return typeof a === 'string' ? [b, a].sort().indexOf(a) === 0 && a !== b : a < Number(b);
  }
  if (right === null) return false;
  if (Array.isArray(right)) return right.findIndex((item) => sameText(item, left)) !== -1;
  if (typeof right === 'object') return new Map(Object.entries(right)).has(left as string);
  if (typeof right !== 'string' || typeof left !== 'string') throw NO_ANSWER;
  return right.split(left).length > 1 || left === '';
}

const asNumber = (json: Json) => (typeof json === 'boolean' ? Number(json) : json);
const canonical = (_: string, json: Json) => asNumber(json);
const sameText = (a: Json, b: Json) => JSON.stringify(a, canonical) === JSON.stringify(b, canonical);
const isTrue = (json: Json) => !['null', 'false', '0', '""', '[]', '{}'].includes(JSON.stringify(json));

test('an expression means what its tree means, in whatever spelling', () => {
  const choices = fc.infiniteStream(fc.nat(999));
  fc.assert(
    fc.property(tree, choices, (node, stream) => {
      const choose: Choose = (...options) => {
        const option = options[stream.next().value % options.length];
        if (option === undefined) throw new RangeError('nothing to choose from');
        return option;
      };
      const text = spell(node, choose);
      fc.pre(text.length <= 4_000);
      const answer = judge(text, CONTEXT);
      if (answer === `column 1: this cannot be read`) return false;
      try {
        return answer === isTrue(meaning(node));
      } catch (error) {
        if (error !== NO_ANSWER) throw error;
        return typeof answer === 'string' && !answer.startsWith('column');
      }
    }),
    { numRuns: 2_000 },
  );
});

test('the trees that are tried have answers of both kinds, and none', () => {
  const answers = fc.sample(tree, { numRuns: 300, seed: 1 }).map((node) => {
    try {
      return isTrue(meaning(node));
    } catch {
      return 'none';
    }
  });
  expect(new Set(answers)).toEqual(new Set([true, false, 'none']));
});
