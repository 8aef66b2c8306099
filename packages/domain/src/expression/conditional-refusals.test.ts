import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '../json.ts';
import { checkConditional } from './conditional.ts';
import { judge } from './test/judge.ts';

const refusal = (text: string) => {
  const check = checkConditional(text);
  return check.ok ? 'not refused' : check.message;
};

describe('says where and what was expected', () => {
  test.each([
    ['context.a ==', 'column 13: expected a value, found the end of the expression'],
    ['and context.a', "column 5: expected an operator or the end of the expression, found 'context'"],
    ['context.a context.b', "column 11: expected an operator or the end of the expression, found 'context'"],
    ['(context.a', "column 11: expected an operator or a closing ')', found the end of the expression"],
    ['context.a)', "column 10: expected an operator or the end of the expression, found ')'"],
    ['[1, 2)', "column 6: expected an operator or a closing ']', found ')'"],
    ["context['a'", "column 12: expected an operator or a closing ']', found the end of the expression"],
    ['context[]', "column 9: expected a value, found ']'"],
    ['context[1, 2]', "column 10: expected an operator or a closing ']', found ','"],
    ['1, 2', "column 2: expected an operator or the end of the expression, found ','"],
    ['(, 1)', "column 2: expected a value, found ','"],
    ['(1,, 2)', "column 4: expected a value, found ','"],
    ['context.', "column 9: expected a name after '.', found the end of the expression"],
    ['context.5', "column 8: expected an operator or the end of the expression, found '.5'"],
    ["'abc", "column 1: expected a closing ', found the end of the expression"],
    ['"it\'s', 'column 1: expected a closing ", found the end of the expression'],
    ["'a' 'b'", "column 5: expected an operator or the end of the expression, found ''b''"],
    ['context.a = 5', "column 11: '=' is not part of the language, equality is =="],
    ['context.a & 5', "column 11: '&' is not part of the language"],
    ['“a”', "column 1: '“' is not part of the language"],
    ['context.a; 1', "column 10: ';' is not part of the language"],
    ['1 if context.a else 2', "column 3: expected an operator or the end of the expression, found 'if'"],
    ['context.a ? 1 : 2', "column 11: '?' is not part of the language"],
    ['lambda x: x', "column 8: expected an operator or the end of the expression, found 'x'"],
    ['[x for x in context.a]', "column 4: expected an operator or a closing ']', found 'for'"],
    ['context.a[1:2]', "column 12: expected an operator or a closing ']', found ':'"],
    ["{'a': 1}", 'column 1: expected a value; of dicts only {} can be written'],
    ['2 ** 3', "column 4: expected a value, found '*'"],
    ['7 // 2', "column 4: expected a value, found '/'"],
    ['+5', "column 1: expected a value, found '+'"],
    ['1e999', "column 1: '1e999' is too large for a number"],
    ['5x', "column 2: expected an operator or the end of the expression, found 'x'"],
    ["r'a'", "column 2: expected an operator or the end of the expression, found ''a''"],
    ['context.a not 5', "column 15: expected 'in' after 'not', found '5'"],
    ['not', 'column 4: expected a value, found the end of the expression'],
  ])('%s', (text, message) => expect(refusal(text)).toBe(message));

  test('with the position apart', () => {
    expect(checkConditional('context.a = 5')).toMatchObject({ ok: false, position: 11 });
  });
});

describe('chained comparisons are refused, because Python and CEL read them differently', () => {
  const chained = "comparisons cannot be chained; join them with 'and' or put one in brackets";
  test.each([
    ['1 < 2 < 3', `column 7: ${chained}, found '<'`],
    ['1 == 1 == 1', `column 8: ${chained}, found '=='`],
    ['1 in [1] in [[1]]', `column 10: ${chained}, found 'in'`],
    ['1 < 2 not in [3]', `column 7: ${chained}, found 'not'`],
    ['1 is 1 is not 2', `column 8: ${chained}, found 'is'`],
  ])('%s', (text, message) => expect(refusal(text)).toBe(message));

  test('in brackets they are not', () => {
    expect(judge('(1 < 2) == True')).toBe(true);
    expect(judge('1 < 2 and 2 < 3')).toBe(true);
    expect(judge('[1 < 2, 2 < 1] == [True, False]')).toBe(true);
  });

  test('so is `not` inside one', () => {
    const put = "put 'not' and what it negates in brackets";
    expect(refusal('1 == not 2')).toBe(`column 6: expected a value, found 'not'; ${put}`);
    expect(refusal('-not 1')).toBe(`column 2: expected a value, found 'not'; ${put}`);
    expect(judge('1 == (not 0)')).toBe(true);
  });
});

describe('what could reach behind the values', () => {
  test.each([
    "__import__('os').system('ls')",
    'context.__class__',
    'context.__proto__.polluted',
    '__proto__',
    'context.tags.__len__',
  ])('%s cannot be read or called', (text) => expect(refusal(text)).toMatch(/cannot be read|unknown function/));

  test.each([
    ["eval('1')", "unknown function 'eval', expected one of len, str, int, float"],
    ["open('/etc/passwd')", "unknown function 'open'"],
    ['has(context.a)', "unknown function 'has'"],
    ['dyn(1)', "unknown function 'dyn'"],
    ['v(1)', "unknown function 'v'"],
    ['allOf([1])', "unknown function 'allOf'"],
    ['constructor()', "unknown function 'constructor'"],
    ['__proto__()', "unknown function '__proto__'"],
    ["hasLabel('a')", "unknown function 'hasLabel'"],
    ['context.tags.map(x, x)', "unknown method 'map', expected one of get, containsKey"],
    ["context.name.matches('(a+)+$')", "unknown method 'matches'"],
    ["context.constructor('return process')()", "unknown method 'constructor'"],
    ['context.a.at(1)', "unknown method 'at'"],
    ["context.hasOwnProperty('a')", "unknown method 'hasOwnProperty'"],
    ["'a'.format(context)", "unknown method 'format'"],
    ["(context)('a')", "expected an operator or the end of the expression, found '('"],
  ])('%s', (text, message) => expect(refusal(text)).toContain(message));

  test.each([
    ['len()', 'len() takes 1 argument, found 0'],
    ['len(1, 2)', 'len() takes 1 argument, found 2'],
    ['context.get()', 'get() takes 1 to 2 arguments, found 0'],
    ["context.get('a', 1, 2)", 'get() takes 1 to 2 arguments, found 3'],
    ["'a'.lower('b')", 'lower() takes 0 arguments, found 1'],
    ['context.containsKey()', 'containsKey() takes at least 1 argument, found 0'],
  ])('%s takes as many arguments as it takes', (text, message) => expect(refusal(text)).toContain(message));

  test('keys of the data may have any name', () => {
    const hostile: Json = JSON.parse(
      '{"__proto__": 1, "constructor": 2, "prototype": 3, "get": 4, "hasOwnProperty": 5}',
    );
    expect(judge("context['__proto__'] == 1 and context.constructor == 2", hostile as never)).toBe(true);
    expect(
      judge("context.get('get') == 4 and context.get == 4 and context.hasOwnProperty == 5", hostile as never),
    ).toBe(true);
  });
});

describe('limits', () => {
  const repeat = (text: string, times: number, join = '') => Array(times).fill(text).join(join);

  test('4,000 characters', () => {
    expect(refusal(`'${repeat('a', 3_999)}'`)).toBe('column 4001: expected at most 4000 characters');
    expect(checkConditional(`'${repeat('a', 3_998)}'`)).toEqual({ ok: true });
    expect(refusal(repeat('(', 1_000_000))).toContain('at most 4000 characters');
  });

  test('50 levels of nesting, whatever nests', () => {
    const tooDeep = 'expected at most 50 levels of brackets and negations';
    for (const [before, after] of [
      ['(', ')'],
      ['[', ']'],
      ['len(', ')'],
      ['!', ''],
      ['-', ''],
      ['not ', ''],
      ['(!-', ')'],
      ['(not !', ')'],
    ]) {
      const nests = (before ?? '').match(/not|[([!-]/g)?.length ?? 1;
      const nested = (levels: number) => `${repeat(before ?? '', levels)}1${repeat(after ?? '', levels)}`;
      const fits = Math.floor(50 / nests);
      expect(checkConditional(nested(fits)), before).toEqual({ ok: true });
      expect(refusal(nested(fits + 1)), before).toContain(tooDeep);
      expect(refusal(nested(400)), before).toContain(tooDeep);
    }
    expect(refusal(repeat('(', 4_000))).toContain(tooDeep);
    expect(refusal(repeat('[', 4_000))).toContain(tooDeep);
    expect(checkConditional(repeat('(1)', 300, '+'))).toEqual({ ok: true });
  });

  test('500 names, texts and numbers', () => {
    const tooMany = 'expected at most 500 names, texts and numbers';
    for (const join of [' + ', ' and ', ' or ']) {
      expect(judge(repeat('1', 500, join)), join).toBe(true);
      expect(refusal(repeat('1', 501, join)), join).toContain(tooMany);
    }
    expect(judge(`2 in [${repeat('1', 499, ',')}]`)).toBe(false);
    expect(refusal(`2 in [${repeat('1', 1_000, ',')}]`)).toContain(tooMany);
    expect(judge(`context${repeat('.a', 499)}`)).toBe(false);
    expect(refusal(`context${repeat('.a', 500)}`)).toContain(tooMany);
    expect(judge(`context${repeat("['a']", 499)}`)).toBe(false);
  });

  test('the cost of an evaluation', () => {
    const tooLarge = 'the values are too large for this expression';
    const list = Array.from({ length: 60_000 }, (_, index) => index);
    const text = 'a'.repeat(120_000);
    expect(judge('59999 in context.list', { list })).toBe(true);
    expect(judge(repeat('context.list', 100, ' + '), { list })).toBe(tooLarge);
    expect(judge(repeat('context.list == context.same', 50, ' and '), { list, same: [...list] })).toBe(tooLarge);
    expect(judge('context.part in context.text', { text: text + text, part: `${text}b` })).toBe(tooLarge);
    expect(judge(`${repeat('context.text', 200, ' + ')} == ''`, { text })).toBe(tooLarge);
    // Each evaluation has the whole of it.
    expect(judge('59999 in context.list', { list })).toBe(true);
  });

  test('values that are nested more deeply than they can be compared', () => {
    const nested = () => Array.from({ length: 50_000 }).reduce<Json>((inner) => [inner], 1);
    expect(judge('context.a == context.b', { a: nested(), b: nested() })).toBe(
      'the values are nested too deeply for this expression',
    );
  });
});

test('no text whatever makes it fail otherwise', () => {
  const piece = fc.constantFrom(
    ...['(', ')', '[', ']', '{', '}', '{}', ',', '.', ' and ', ' or ', ' not ', ' in ', ' is ', '&&', '||', '!', '=='],
    ...['!=', '<', '<=', '-', '+', '*', '/', '%', "'a'", '"b"', '1', '.5', '1e400', 'context', 'metadata', 'x', 'get'],
    ...[
      '.get(',
      'len(',
      '.lower()',
      '[0]',
      "['k']",
      'None',
      'True',
      '__a',
      '\\',
      "'",
      '"',
      '=',
      '?',
      ':',
      '//',
      '#',
      '\n',
    ],
  );
  const soup = fc.oneof(
    fc.array(piece, { maxLength: 25 }).map((pieces) => pieces.join('')),
    fc.string({ unit: 'binary' }),
  );
  fc.assert(
    fc.property(soup, (text) => {
      const check = checkConditional(text);
      if (check.ok) return ['boolean', 'string'].includes(typeof judge(text, { k: [1, 'a'] }));
      // The last words are those for what the evaluator itself would refuse: the translation has refused it before.
      return check.position >= 1 && check.position <= text.length + 1 && !check.message.endsWith('this cannot be read');
    }),
    { numRuns: 3_000 },
  );
});
