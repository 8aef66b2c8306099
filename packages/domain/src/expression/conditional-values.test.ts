import { describe, expect, test } from 'vitest';
import { judge } from './test/judge.ts';
import { sampleContext as context } from './test/sample-context.ts';
import { spellings } from './test/spellings.ts';

describe('reading', () => {
  test.each(
    spellings([
      [true, ["context.project.environment == 'production'", "context['project']['environment'] == 'production'"]],
      [true, ["context.project['environment'] == 'production'", "context.get('project').environment == 'production'"]],
      [true, ["context.project.get('min-score') == 0.85", 'context["project"]["min-score"] == 0.85']],
      [
        true,
        ["context.project.steps[1].ref == 'last'", "context.project.steps[-1].ref == 'last'", "context.name[0] == 'I'"],
      ],
      [
        true,
        ["context.get('tags')[0] == 'red'", "context.tags[context.zero] == 'red'", "context['ta' + 'gs'][0] == 'red'"],
      ],
      [true, ['context.and.or.not.in.True == 5', 'context . and . or == context.and.or', 'context\n.a\t== 7']],
      [
        true,
        [
          "context.get('a', 0) == 7",
          "context.get('b', 3) == 3",
          "context.get('b') == None",
          "context.get('nothing', 5) == None",
        ],
      ],
      [
        true,
        [
          "context.get('x', {}).get('y', False) == False",
          "context.get('x').get('y', 5) == 5",
          'context.get(7, 5) == 5',
        ],
      ],
      [true, ['context.missing is None', 'context.missing.deeper.still is None', 'context.missing[0] is None']],
      [
        true,
        [
          'missing is None',
          'missing.deeper is None',
          "missing.get('a') is None",
          'context.tags[9] is None',
          'not missing',
        ],
      ],
      [true, ['context.constructor is None', "context['constructor'] is None", "context.get('__proto__') is None"]],
      [true, ["'constructor' not in context", "'__proto__' not in context", 'context.toString is None']],
    ]),
  )('%s', (text, answer) => expect(judge(text, context)).toBe(answer));

  test.each([
    ['context.name.length', 'a text does not have the field "length"'],
    ['context.a.b', 'a number does not have the field "b"'],
    ["context.tags['length']", 'a list does not have the field "length"'],
    ['context.tags.first', 'a list does not have the field "first"'],
    ['context.tags[0.5]', 'a list does not have an element a number'],
    ["context.tags.get('a')", 'expected a dict, found a list'],
  ])('%s has no answer', (text, error) => expect(judge(text, context)).toBe(error));
});

describe('methods and functions', () => {
  test.each(
    spellings([
      [true, ["context.name.lower() == 'invoice 42.pdf'", "context.name.toLowerCase() == 'invoice 42.pdf'"]],
      [true, ["context.name.upper() == 'INVOICE 42.PDF'", "context.name.toUpperCase() == 'INVOICE 42.PDF'"]],
      [true, ["' a\\n'.strip() == 'a'", "' a '.trim() == 'a'", "' A '.strip().lower() == 'a'"]],
      [
        true,
        ["context.name.startswith('Inv')", "context.name.startsWith('Inv')", "not context.name.startswith('inv')"],
      ],
      [true, ["context.name.endswith('.pdf')", "context.name.endsWith('.pdf')", "not context.name.endswith('.doc')"]],
      [
        true,
        [
          "context.name.contains('42')",
          "context.tags.contains('red')",
          "context.containsKey('a')",
          "!context.containsKey('b')",
        ],
      ],
      [
        true,
        [
          'len(context.tags) == 2',
          "len('äöü😀') == 4",
          'len(context.missing) == 0',
          'len({}) == 0',
          'len(context.project) == 3',
        ],
      ],
      [
        true,
        [
          "int('42') == 42",
          "int(' -7 ') == -7",
          'int(7.9) == 7',
          'int(-7.9) == -7',
          'int(True) == 1',
          "float('1.5e1') == 15",
        ],
      ],
      [true, ["str(7) == '7'", "str(0.5) == '0.5'", "str(None) == 'None'", "str(True) == 'True'", "str('a') == 'a'"]],
      [false, ['context.missing.lower()', "context.missing.startswith('a')", "context.missing.containsKey('a')"]],
    ]),
  )('%s', (text, answer) => expect(judge(text, context)).toBe(answer));

  test.each([
    ["int('abc')", 'int() cannot read "abc"'],
    ['float(None)', 'float() cannot read None'],
    ['str([])', 'str() cannot write a list'],
    ['len(5)', 'a number has no length'],
    ['(5).lower()', 'expected a text, found a number'],
    ["'a'.startswith(5)", 'expected a text, found a number'],
  ])('%s has no answer', (text, error) => expect(judge(text, context)).toBe(error));
});

describe('texts', () => {
  const said = (text: string) => ({ text });

  test.each([
    ['context.text == "and"', 'and'],
    ["context.text == 'a and b or not c'", 'a and b or not c'],
    ['context.text == \'x == "y"\'', 'x == "y"'],
    [`context.text == "it's"`, "it's"],
    ["context.text == 'it\\'s'", "it's"],
    ['context.text == "a \\"quoted\\" word"', 'a "quoted" word'],
    ["context.text == 'a\\\\b'", 'a\\b'],
    ["context.text == 'a\\nb\\tc'", 'a\nb\tc'],
    ["context.text == 'a\\u00e9'", 'aé'],
    ["context.text == '\\d+\\.pdf'", '\\d+\\.pdf'],
    ["context.text == 'True'", 'True'],
    ["context.text == '(]}{[) , . // && || ! # ;'", '(]}{[) , . // && || ! # ;'],
    ["context.text == '$(a) {{a}} %s'", '$(a) {{a}} %s'],
    ["context.text == '日本語 😀'", '日本語 😀'],
    ["context.text == 'two\nlines'", 'two\nlines'],
    ["context.text == '\u2028\u0007'", '\u2028\u0007'],
  ])('%s', (text, value) => expect(judge(text, said(value))).toBe(true));
});
