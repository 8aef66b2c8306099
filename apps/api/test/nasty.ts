import fc from 'fast-check';

/** Texts that have broken parsers, databases and loggers before. */
const TEXTS = [
  ...[
    '',
    ' ',
    '\u0000',
    'a\u0000b',
    '\\u0000',
    '\ud800',
    '\udc00x',
    '\ufeff',
    '\u202e',
    '😀',
    'ﬃ',
    "'",
    '"',
    '\\',
    '%',
    '%00',
    '%zz',
  ],
  ...[
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    'null',
    'undefined',
    'NaN',
    'true',
    '-1',
    '1e999',
  ],
  ...["'; drop table executions; --", '../../etc/passwd', '{{x}}', 'module://', 'a:1:2', ',', ';', '*', '**', '[', '('],
  ...[
    '0193a1b2-0000-7000-8000-00000000dead',
    '00000000-0000-0000-0000-000000000000',
    '9'.repeat(400),
    'x'.repeat(5_000),
  ],
  ...[
    '2026-02-30',
    '-271821-04-20T00:00:00.000Z',
    '+275760-09-13T00:00:00.001Z',
    '999999-01-01T00:00:00Z',
    '\r\nx-a: b',
  ],
  ...[
    'status eq',
    "status eq 'FAILED'",
    '((((',
    "id eq 'x' and not",
    'context.__proto__ eq 1',
    'priority gt 1e400',
    "path ~ '%_\\\\'",
  ],
  ...[
    'createdOn,desc',
    'createdOn:up',
    'priority,asc;id',
    'module://gantry/noop',
    '0 0 * * * *',
    '* * * * * * *',
    'CONTENT_CREATED',
  ],
];

const NUMBERS = [...[0, -0, -1, 0.5, 1e300, -1e300, 5e-324, 2 ** 31, 2 ** 53, 2 ** 63, 2 ** 64, 32_768, 1_001]];

/** Those that Postgres or a parser refuses, so that somebody before them has to. */
const WORST = ['\u0000', 'a\u0000b', '\\u0000', '9'.repeat(400), '1e400', '-271821-04-20T00:00:00.000Z', '\ud800'];

export const nastyText = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...WORST) },
  { weight: 4, arbitrary: fc.constantFrom(...TEXTS) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
);

const key = fc.oneof(nastyText, fc.constantFrom('a', 'b', 'id'));

/** Any JSON, with keys that JavaScript knows. */
export const nastyJson = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    { weight: 5, arbitrary: nastyText },
    { weight: 3, arbitrary: fc.constantFrom(...NUMBERS) },
    { weight: 3, arbitrary: fc.constantFrom(null, true, false, [], {}) },
    { weight: 2, arbitrary: fc.array(tie('value'), { maxLength: 4 }) },
    { weight: 2, arbitrary: fc.uniqueArray(fc.tuple(key, tie('value')), { maxLength: 4 }).map(ownEntries) },
  ),
})).value;

/** `__proto__` as a member of its own, as JSON.parse makes it. */
export function ownEntries(entries: readonly (readonly [string, unknown])[]): object {
  return Object.fromEntries(entries);
}

const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

/** Bodies that are no JSON, or JSON that hurts. */
export const nastyBody: fc.Arbitrary<string | Uint8Array> = fc.constantFrom<string | Uint8Array>(
  ...['', ' ', '{', '{"a":', '[1,', 'nonsense', '"text"', 'null', '[]', '0', '1e999', '{"a":1}{"b":2}', '\ufeff{}'],
  ...[
    nested(10_000),
    `{"data":${nested(10_000)}}`,
    `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`,
    `[${nested(101)}]`,
  ],
  ...[
    '{"__proto__":{"admin":true}}',
    '{"constructor":{"prototype":{"x":1}}}',
    '{"a":"\\ud800"}',
    '{"a\\u0000":"\\u0000"}',
  ],
  ...[
    `{"name":"${'x'.repeat(300_000)}"}`,
    `"${'x'.repeat(1_100_000)}"`,
    `{${'"a":1,'.repeat(5_000)}"a":1}`,
    '[{}]'.repeat(100),
  ],
  ...[
    new Uint8Array([0xff, 0xfe, 0x7b, 0x7d]),
    new Uint8Array([0x22, 0xc3, 0x28, 0x22]),
    new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22]),
  ],
  ...[`[${'1,'.repeat(1_100)}1]`, 'a=1&b=2', 'options=%7B%7D&eventType=X', '--x\r\n\r\n--x--\r\n', new Uint8Array(100)],
);

export const contentTypes = fc.constantFrom(
  ...['application/json', 'application/json', 'application/json', 'application/json; charset=utf-16', undefined],
  ...[
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'multipart/form-data; boundary=x',
    'x',
    '/',
  ],
  ...[
    'application/xml',
    'application/x-ndjson',
    'application/cloudevents+json',
    'application/cloudevents-batch+json',
    ';',
  ],
);

const FIELDS = [
  'id',
  'name',
  'description',
  'status',
  'priority',
  'createdOn',
  'context.a',
  'steps.ref',
  'slug',
  'path',
  'labels',
];
const OPERATORS = ['eq', 'ne', 'gt', 'le', 'like', '==', '=in=', 'in', '~', ':'];

/** Values of query parameters: half of them nearly filters. */
export const nastyValue = fc.oneof(
  { weight: 3, arbitrary: nastyText },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom(...FIELDS), fc.constantFrom(...OPERATORS), nastyText, fc.boolean())
      .map(
        ([field, operator, text, quoted]) =>
          `${field} ${operator} ${quoted ? `'${text.replaceAll("'", "''")}'` : text}`,
      ),
  },
  { weight: 1, arbitrary: fc.constant('x'.repeat(9_000)) },
);
