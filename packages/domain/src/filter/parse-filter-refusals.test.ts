import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FilterError } from './filter-error.ts';
import { FILTER_LIMITS, parseFilter } from './parse-filter.ts';
import { sampleFields } from './test/sample-fields.ts';

const parse = (...filters: string[]) => parseFilter(filters, sampleFields);
const accepted = { kind: 'one-of', field: { name: 'slug', keys: [] }, values: ['a'] };

function refusal(...filters: string[]): FilterError {
  try {
    parse(...filters);
  } catch (error) {
    if (error instanceof FilterError) return error;
    throw error;
  }
  throw new Error('the filter was accepted');
}

describe('refusals say where, and what was expected', () => {
  test.each<[string, Partial<FilterError>]>([
    ['slug', { code: 'FILTER_INVALID', position: 5, expected: "an operator after 'slug'" }],
    ['slug eq', { code: 'FILTER_INVALID', position: 8, expected: 'a value' }],
    ['slug eq and priority eq 5', { code: 'FILTER_INVALID', position: 9, expected: 'a value' }],
    ["slug eq 'x", { code: 'FILTER_INVALID', position: 9, expected: "a closing '" }],
    ["slug eq 'x' y", { code: 'FILTER_INVALID', position: 13, expected: "'and', 'or' or the end of the filter" }],
    ["slug eq 'x')", { code: 'FILTER_INVALID', position: 12 }],
    ["(slug eq 'x'", { code: 'FILTER_INVALID', position: 13, expected: "'and', 'or' or ')'" }],
    ["slug eq 'x' and", { code: 'FILTER_INVALID', position: 16, expected: "a field, 'not' or '('" }],
    ['slug = x', { code: 'FILTER_INVALID', position: 6 }],
    [
      'slug =foo= x',
      {
        code: 'FILTER_INVALID',
        position: 6,
        message: "filter, column 6: expected an operator after 'slug', found '=foo='",
      },
    ],
    ['slug:a & slug:b', { code: 'FILTER_INVALID', position: 8 }],
    ['slug is 5', { code: 'FILTER_INVALID', position: 9, expected: "'null' or 'not null'" }],
    ['slug not like x', { code: 'FILTER_INVALID', position: 10, expected: "'in'" }],
    ['slug in x', { code: 'FILTER_INVALID', position: 9, expected: "'(' and a list of values" }],
    ['slug in ()', { code: 'FILTER_INVALID', position: 10, expected: 'a value' }],
    ['slug in (a,)', { code: 'FILTER_INVALID', position: 12, expected: 'a value' }],
    ['slug in (a b)', { code: 'FILTER_INVALID', position: 12, expected: "',' or ')'" }],
    ['()', { code: 'FILTER_INVALID', position: 2 }],
    ["'x' eq slug", { code: 'FILTER_INVALID', position: 1 }],
    ["slug eq '\0'", { code: 'FILTER_INVALID', position: 10 }],
    ["slug eq '\ud800'", { code: 'FILTER_INVALID', position: 10 }],
    ['priority:1 and colour eq 5', { code: 'FILTER_FIELD_UNKNOWN', position: 16 }],
    ['constructor eq 5', { code: 'FILTER_FIELD_UNKNOWN', position: 1 }],
    ['__proto__.x eq 5', { code: 'FILTER_FIELD_UNKNOWN', position: 1 }],
    ['slug.x eq 5', { code: 'FILTER_FIELD_UNKNOWN', position: 1 }],
    ['context eq 5', { code: 'FILTER_FIELD_UNKNOWN', position: 1, expected: 'context.<key>' }],
    ['context..a eq 5', { code: 'FILTER_FIELD_UNKNOWN', position: 1, expected: 'context.<key>' }],
    [
      "priority eq 'x'",
      { code: 'FILTER_TYPE_MISMATCH', position: 13, expected: "a number without quotes for the field 'priority'" },
    ],
    ["priority eq '5'", { code: 'FILTER_TYPE_MISMATCH', position: 13 }],
    ['priority eq 1e999', { code: 'FILTER_TYPE_MISMATCH', position: 13 }],
    ['priority gt null', { code: 'FILTER_TYPE_MISMATCH', position: 13 }],
    ['priority like 5', { code: 'FILTER_TYPE_MISMATCH', position: 10 }],
    ['active gt true', { code: 'FILTER_TYPE_MISMATCH', position: 8 }],
    ['context.a gt true', { code: 'FILTER_TYPE_MISMATCH', position: 11 }],
    ["active eq 'true'", { code: 'FILTER_TYPE_MISMATCH', position: 11 }],
    [
      'status eq LOST',
      {
        code: 'FILTER_TYPE_MISMATCH',
        position: 11,
        expected: "one of RUNNING, SUCCEEDED, FAILED for the field 'status'",
      },
    ],
    ['status eq constructor', { code: 'FILTER_TYPE_MISMATCH', position: 11 }],
    ['status eq 77', { code: 'FILTER_TYPE_MISMATCH', position: 11 }],
    ['slug in (a, null)', { code: 'FILTER_TYPE_MISMATCH', position: 13 }],
    ['id gt x', { code: 'FILTER_TYPE_MISMATCH', position: 7 }],
    ["createdOn gt 'yesterday'", { code: 'FILTER_TYPE_MISMATCH', position: 14 }],
    ["createdOn gt '2025-02-30'", { code: 'FILTER_TYPE_MISMATCH', position: 14 }],
    ["createdOn gt '0000-01-01'", { code: 'FILTER_TYPE_MISMATCH', position: 14 }],
    ["createdOn gt '9999-12-31T23:59:59-12:00'", { code: 'FILTER_TYPE_MISMATCH', position: 14 }],
  ])('%s', (filter, error) => {
    expect(refusal(filter)).toMatchObject(error);
  });

  test('an unknown field is named, and the known ones listed', () => {
    expect(refusal('colour eq 5').message).toBe(
      'filter, column 1: expected one of id, slug, priority, active, createdOn, status, context.<key>, steps.ref, ' +
        "found the unknown field 'colour'",
    );
  });

  test('a long text is not repeated whole', () => {
    expect(refusal(`${'x'.repeat(3_000)} eq 5`).message.length).toBeLessThan(300);
  });
});

describe('limits', () => {
  const { characters, depth, terms } = FILTER_LIMITS;
  const padded = (length: number) => 'slug:a'.padEnd(length);
  const nested = (levels: number) => `${'('.repeat(levels)}slug:a${')'.repeat(levels)}`;
  const many = (count: number, logic = ',') => Array(count).fill('slug:a').join(logic);

  test('up to each limit a filter is accepted, beyond it refused by name', () => {
    expect(parse(padded(characters))).toEqual(accepted);
    expect(refusal(padded(characters + 1))).toMatchObject({ code: 'FILTER_TOO_LONG', position: characters + 1 });
    expect(parse(nested(depth))).toEqual(accepted);
    expect(refusal(nested(depth + 1))).toMatchObject({ code: 'FILTER_TOO_DEEP', position: depth + 1 });
    expect(parse(many(terms))).toMatchObject({ terms: { length: terms } });
    expect(refusal(many(terms + 1))).toMatchObject({ code: 'FILTER_TOO_MANY_TERMS', position: 7 * terms + 1 });
  });

  test('they bound all parameters together', () => {
    expect(refusal(padded(characters), 'slug:a')).toMatchObject({ code: 'FILTER_TOO_LONG', position: 1 });
    expect(refusal(many(terms), 'slug:a')).toMatchObject({ code: 'FILTER_TOO_MANY_TERMS', position: 1 });
  });

  test('each star of a pattern counts, and five times where it is looked for in JSON', () => {
    const tooMany = { code: 'FILTER_TOO_MANY_TERMS' };
    const like = (field: string, count: number) => Array(count).fill(`${field} like '*a*'`).join(' and ');
    expect(parse(like('slug', terms / 2))).toMatchObject({ terms: { length: terms / 2 } });
    expect(refusal(like('slug', terms / 2 + 1))).toMatchObject(tooMany);
    expect(parse(like('context.a', terms / 10))).toMatchObject({ terms: { length: terms / 10 } });
    expect(refusal(like('context.a', terms / 10 + 1))).toMatchObject(tooMany);
    expect(refusal(`context.a like '${'*a'.repeat(50)}'`)).toMatchObject(tooMany);
  });

  test('negations count as levels, closed brackets do not', () => {
    expect(refusal(`${'!'.repeat(depth + 1)}slug:a`)).toMatchObject({ code: 'FILTER_TOO_DEEP' });
    expect(refusal(`${'not '.repeat(depth)}(slug:a)`)).toMatchObject({ code: 'FILTER_TOO_DEEP' });
    expect(
      parse(
        Array(depth * 3)
          .fill('(slug:a)')
          .join(';'),
      ),
    ).toMatchObject({ terms: { length: depth * 3 } });
  });
});

describe('any text is a filter or a FilterError', () => {
  test.each([
    '(',
    ')',
    '!',
    "'",
    '"',
    '\\',
    "''",
    "'\\",
    '=',
    '=a',
    '= =',
    ',',
    ';',
    '&|',
    ' ',
    '.',
    'a.',
    '\u00a0',
    '\u2028',
    '😀',
    '\u202e',
    'slug eq ',
    "slug eq ''",
    'slug in (',
    'slug in (a,',
    'not ',
    '*',
    '-',
    '1e',
    '\ufeff',
    '{}',
    '[',
    '$1',
    '--',
    '/*',
    '%00',
  ])('%j repeated to the limit', (piece) => {
    const text = piece.repeat(Math.floor(FILTER_LIMITS.characters / piece.length));
    for (const filter of [text, `slug eq ${text}`, `slug in (${text}`, `slug${text}`].map((it) =>
      it.slice(0, FILTER_LIMITS.characters),
    ))
      expectTotal(filter);
  });

  test('made of the pieces of the language', () => {
    const piece = fc.constantFrom(
      ...[
        'slug',
        'priority',
        'context.a',
        'nowhere',
        ' eq ',
        ' ne ',
        '==',
        '!=',
        ':',
        '!',
        '~',
        '<',
        '>=',
        '=in=',
        '=out=',
        ' in ',
      ],
      ...[
        ' not ',
        ' is ',
        ' null ',
        'and',
        ' and ',
        ' or ',
        ';',
        ',',
        '&&',
        '||',
        '(',
        ')',
        "'x'",
        '"',
        "'",
        '5',
        'true',
        '\\',
        '*',
        '\0',
        '\ud800',
      ],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => expectTotal(pieces.join(''))),
      { numRuns: 5_000 },
    );
  });

  test('made of any characters', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), expectTotal), { numRuns: 2_000 });
  });

  function expectTotal(filter: string): void {
    try {
      parse(filter);
    } catch (error) {
      expect(error).toBeInstanceOf(FilterError);
      const { position } = error as FilterError;
      expect(position).toBeGreaterThanOrEqual(1);
      expect(position).toBeLessThanOrEqual(filter.length + 1);
    }
  }
});
