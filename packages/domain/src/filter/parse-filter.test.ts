import { describe, expect, test } from 'vitest';
import type { FilterNode } from './filter-node.ts';
import { parseFilter } from './parse-filter.ts';
import { sampleFields } from './test/sample-fields.ts';

const ID = '0198c0de-0000-7000-8000-00000000abcd';

const parse = (...filters: string[]) => parseFilter(filters, sampleFields);
const is = (name: string, ...values: (string | number | boolean)[]): FilterNode => {
  const [root = '', ...keys] = name.startsWith('context.') ? name.split('.') : [name];
  return { kind: 'one-of', field: { name: root, keys }, values };
};
const not = (term: FilterNode): FilterNode => ({ kind: 'not', term });
const and = (...terms: FilterNode[]): FilterNode => ({ kind: 'and', terms });
const or = (...terms: FilterNode[]): FilterNode => ({ kind: 'or', terms });

describe('operators', () => {
  const slug = { name: 'slug', keys: [] };
  const priority = { name: 'priority', keys: [] };
  const order = (operator: '>' | '>=' | '<' | '<='): FilterNode => ({
    kind: 'order',
    field: priority,
    operator,
    value: 5,
  });

  test.each<[FilterNode, string[]]>([
    [
      is('slug', 'x'),
      ["slug eq 'x'", "slug == 'x'", "slug=='x'", 'slug==x', "slug: 'x'", 'slug:x', "slug : 'x'", 'slug=eq=x'],
    ],
    [
      not(is('slug', 'x')),
      ["slug ne 'x'", "slug != 'x'", 'slug!=x', "slug ! 'x'", "slug!'x'", "slug !: 'x'", 'slug=ne=x'],
    ],
    [order('>'), ['priority gt 5', 'priority > 5', 'priority>5', 'priority=gt=5']],
    [order('>='), ['priority ge 5', 'priority gte 5', 'priority>=5', 'priority=ge=5', 'priority=gte=5']],
    [order('<'), ['priority lt 5', 'priority < 5', 'priority<5', 'priority=lt=5']],
    [order('<='), ['priority le 5', 'priority lte 5', 'priority<=5', 'priority=le=5', 'priority=lte=5']],
    [
      { kind: 'like', field: slug, pattern: 'inv*' },
      ["slug like 'inv*'", "slug=like='inv*'", "slug ~ 'inv*'", 'slug~inv*', 'slug=LIKE=inv*'],
    ],
    [
      is('slug', 'A', 'B'),
      ["slug in ('A','B')", "slug=in=('A','B')", 'slug=in=(A,B)', 'slug IN ( A , "B" )', "slug in('A','B')"],
    ],
    [not(is('slug', 'A', 'B')), ["slug not in ('A','B')", "slug=out=('A','B')", 'slug NOT IN (A,B)']],
    [
      not({ kind: 'present', field: slug }),
      ['slug is null', 'slug IS NULL', 'slug eq null', 'slug==null', 'slug:NULL'],
    ],
    [{ kind: 'present', field: slug }, ['slug is not null', 'slug Is Not Null']],
    [not(not({ kind: 'present', field: slug })), ['slug ne null', 'slug!=null']],
  ])('%j', (node, spellings) => {
    for (const spelling of spellings) expect(parse(spelling), spelling).toEqual(node);
  });
});

describe('logic', () => {
  const a = is('slug', 'a');
  const b = is('slug', 'b');
  const c = is('priority', 3);

  test.each<[string, FilterNode, string[]]>([
    [
      'and',
      and(a, b, c),
      [
        'slug:a and slug:b AND priority:3',
        'slug==a;slug==b;priority==3',
        'slug:a && slug:b&&priority:3',
        'slug eq a ; slug==b and priority : 3',
      ],
    ],
    ['or', or(a, b), ['slug:a or slug:b', 'slug==a,slug==b', 'slug:a||slug:b', "slug eq 'a' , slug=='b'"]],
    [
      'and binds tighter than or',
      or(a, and(b, c)),
      [
        'slug:a or slug:b and priority:3',
        'slug==a,slug==b;priority==3',
        'slug:a||slug:b && priority eq 3',
        'slug:a or (slug:b and priority:3)',
      ],
    ],
    [
      'brackets',
      and(or(a, b), c),
      ['(slug:a or slug:b) and priority:3', '(slug==a,slug==b);priority==3', '((slug:a||slug:b))&&((priority:3))'],
    ],
    [
      'not',
      and(not(or(a, b)), c),
      [
        'not(slug:a or slug:b) and priority:3',
        '!(slug==a,slug==b);priority==3',
        'NOT (slug:a or slug:b) && priority:3',
      ],
    ],
    [
      'not binds to the term after it',
      or(and(not(a), b), c),
      ['not slug eq a and slug:b or priority:3', '!slug:a;slug==b,priority:3', 'not(slug:a) and slug:b or priority:3'],
    ],
    ['double negation', not(not(a)), ['not not slug:a', '!!slug==a', '!(not(slug:a))']],
    [
      'a comma in a list separates values, after it terms',
      or(is('slug', 'a', 'b'), c),
      ['slug=in=(a,b),priority==3', 'slug in (a,b) or priority eq 3'],
    ],
  ])('%s', (_, node, spellings) => {
    for (const spelling of spellings) expect(parse(spelling), spelling).toEqual(node);
  });

  test('several parameters are AND-ed, blank ones are none', () => {
    expect(parse('slug:a or slug:b', 'priority:3')).toEqual(and(or(a, b), c));
    expect(parse('slug:a', '  ')).toEqual(a);
    expect(parse('', ' \t\n')).toBeUndefined();
    expect(parse()).toBeUndefined();
  });
});

describe('values', () => {
  test.each<[string, FilterNode]>([
    [`slug eq 'it''s'`, is('slug', "it's")],
    [`slug eq 'it\\'s'`, is('slug', "it's")],
    [`slug eq "it's"`, is('slug', "it's")],
    [`slug eq "say ""so"" or \\"so\\""`, is('slug', 'say "so" or "so"')],
    [`slug eq 'C:\\dir\\\\x'`, is('slug', 'C:\\dir\\x')],
    [`slug eq ''`, is('slug', '')],
    [`slug eq 'a) or (b;c,d'`, is('slug', 'a) or (b;c,d')],
    [`slug eq 'Ünïcödé 🧾 \u202e'`, is('slug', 'Ünïcödé 🧾 \u202e')],
    ['slug==module://org/slug:1.0', is('slug', 'module://org/slug:1.0')],
    ['slug:module://org/slug', is('slug', 'module://org/slug')],
    ['slug eq 5', is('slug', '5')],
    [`slug eq 'null'`, is('slug', 'null')],
    [`slug eq 'and'`, is('slug', 'and')],
    ['priority eq -5', is('priority', -5)],
    ['priority:1.5e3', is('priority', 1500)],
    ['active eq TRUE', is('active', true)],
    ['active==false', is('active', false)],
    ['status eq FAILED', is('status', 3)],
    [`status eq 'failed'`, is('status', 3)],
    ['status==3', is('status', 3)],
    [`status in (1, "SUCCEEDED", FAILED)`, is('status', 1, 2, 3)],
    [`id eq '${ID.toUpperCase()}'`, is('id', ID)],
    [`id eq 'not-a-uuid'`, is('id')],
    [`id in ('not-a-uuid', ${ID})`, is('id', ID)],
    [`createdOn eq '2025-01-31'`, is('createdOn', '2025-01-31T00:00:00.000Z')],
    ['createdOn==2025-01-31T08:30:00Z', is('createdOn', '2025-01-31T08:30:00.000Z')],
    [`createdOn:"2025-01-31T08:30:00.123456+02:00"`, is('createdOn', '2025-01-31T06:30:00.123Z')],
    [`createdOn eq '2025-01-31 08:30'`, is('createdOn', '2025-01-31T08:30:00.000Z')],
    [`context.a.b eq 'x'`, is('context.a.b', 'x')],
    ['context.my-key==x', is('context.my-key', 'x')],
    ['context.größe : 5', is('context.größe', 5)],
    [`context.n eq '5'`, is('context.n', '5')],
    ['context.n in (5, true, word, 007)', is('context.n', 5, true, 'word', '007')],
    ['steps.ref:x', is('steps.ref', 'x')],
  ])('%s', (filter, node) => {
    expect(parse(filter)).toEqual(node);
  });
});
