import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../json.ts';
import { checkConditional, judgeConditional } from './conditional.ts';
import { judge } from './test/judge.ts';
import { sampleContext as context } from './test/sample-context.ts';
import { spellings } from './test/spellings.ts';

describe('comparisons', () => {
  test.each(
    spellings([
      [true, ['context.a == 7', 'context.a==7.0', '7 == context.a', "context['a'] == 7", 'context["a"] == 7e0']],
      [false, ['context.a == 8', "context.a == '7'", 'context.a == None', 'context.a == [7]', 'context.a == {}']],
      [true, ['context.a != 8', "context.a != '7'", 'context.a != None', 'context.a!=true']],
      [true, ['context.a > 6', 'context.a >= 7', 'context.a < 7.5', 'context.a <= 7', '-context.a < -6.99']],
      [false, ['context.a > 7', 'context.a >= 7.1', 'context.a < 7', 'context.a <= 6']],
      [true, ["'abc' < 'abd'", "'Z' < 'a'", "'' < 'a'", "context.name >= 'Invoice'"]],
      [true, ['context.nothing is None', 'context.nothing == null', 'context.a is not None', 'context.flag is True']],
      [false, ['context.a is None', 'context.nothing is not None', 'context.nothing != none']],
      [true, ['True == 1', 'False == 0', 'context.flag == 1', 'True + True == 2', '1 in [True]', 'True > False']],
      [true, ["context.tags == ['red', 'blue']", 'context.none == []', '[1, [2, {}]] == [1, [2, {}]]', '() == []']],
      [false, ["context.tags == ['blue', 'red']", "context.tags == ['red']", '[1, [2, {}]] == [1, [2]]', '{} == []']],
      [true, ['context.project == context.project', 'context.project != context.and']],
    ]),
  )('%s', (text, answer) => expect(judge(text, context)).toBe(answer));

  test.each([
    ["context.a < '8'", 'a number and a text have no order'],
    ['context.nothing < 5', 'None and a number have no order'],
    ['5 > context.missing', 'a number and None have no order'],
    ['context.tags >= context.tags', 'a list and a list have no order'],
  ])('%s has no answer', (text, error) => expect(judge(text, context)).toBe(error));
});

describe('logic', () => {
  test.each(
    spellings([
      [true, ['True and 1', 'true && 1', 'TRUE AND 1', 'True And 1', 'context.flag&&context.a']],
      [false, ['True and 0', 'true && 0', 'TRUE AND 0', 'context.flag&&context.zero']],
      [true, ['False or 1', 'false || 1', 'FALSE OR 1', 'context.empty||context.a']],
      [false, ['False or 0', 'false || 0', 'FALSE OR 0', 'context.empty||context.zero']],
      [true, ['not False', '!False', 'NOT False', '! False', 'not(False)', '!(false)', 'not not 1', '!!1', 'not !1']],
      [false, ['not 1', '!1', 'NOT 1', 'not not 0', '!!0']],
      // `and` binds tighter than `or`.
      [true, ['1 or 0 and 0', '0 and 0 or 1', '1 || 0 && 0', '1 or 0 && 0', '0 AND 0 || 1']],
      [false, ['(1 or 0) and 0', '0 and (0 or 1)', '(1 || 0) && 0']],
      // `not` is looser than a comparison, `!` tighter.
      [true, ['not context.a == 8', 'not context.a in [8]', 'not 1 == 2 and 3 == 3', 'not 0 and 1', '!0 and 1']],
      [false, ['!context.a == 8', 'not context.a == 7', 'not (1 == 1 and 2 == 2)', 'not 0 == 0 or 0', 'not 1 and 0']],
      [
        true,
        ['!context.a == False', '!context.zero == True', 'not !context.a', 'not 1 + 1 == 3', '1 == 1 and not 1 == 2'],
      ],
    ]),
  )('%s', (text, answer) => expect(judge(text, context)).toBe(answer));

  test('gives back the deciding value, as in Python', () => {
    expect(judge("(context.missing or 'draft') == 'draft'", context)).toBe(true);
    expect(judge("(context.a or 'draft') == 7", context)).toBe(true);
    expect(judge('(context.a and context.tags) == ["red", "blue"]', context)).toBe(true);
    expect(judge('(context.zero and context.tags) == 0', context)).toBe(true);
    expect(judge("(0 or '' or None or [] or 'last') == 'last'", context)).toBe(true);
  });

  test('stops at the value that decides', () => {
    expect(judge('context.zero != 0 and 10 / context.zero > 1', context)).toBe(false);
    expect(judge('context.zero == 0 or 10 / context.zero > 1', context)).toBe(true);
    expect(judge('10 / context.zero > 1 or True', context)).toBe('division by zero');
  });
});

describe('truth is as in Python', () => {
  test.each<[string, Json]>([
    ['None', null],
    ['zero', 0],
    ['an empty text', ''],
    ['an empty list', []],
    ['an empty dict', {}],
    ['False', false],
  ])('%s is false', (_, value) => {
    expect(judge('context.value', { value })).toBe(false);
    expect(judge('not context.value', { value })).toBe(true);
    expect(judge('context.value and True', { value })).toBe(false);
  });

  test.each<[string, Json]>([
    ['a number', -0.5],
    ['a text', ' '],
    ['the text False', 'False'],
    ['a list', [null]],
    ['a dict', { a: null }],
    ['True', true],
  ])('%s is true', (_, value) => {
    expect(judge('context.value', { value })).toBe(true);
    expect(judge('!context.value', { value })).toBe(false);
    expect(judge('False or context.value', { value })).toBe(true);
  });
});

describe('membership', () => {
  test.each(
    spellings([
      [
        true,
        ["'red' in context.tags", "'red' IN context.tags", "context.name in ('x', context.name)", '7 in [context.a]'],
      ],
      [
        true,
        ["'green' not in context.tags", "'green' NOT IN context.tags", "not 'green' in context.tags", "'7' not in [7]"],
      ],
      [false, ["'green' in context.tags", "'red' not in context.tags", "not 'red' in context.tags", "'a' in ()"]],
      [true, ["'environment' in context.project", "'a' in context", "'b' not in context", '5 not in context']],
      [true, ["'42' in context.name", "'' in context.name", "'.PDF' not in context.name", "'a' in 'abc'"]],
      [true, ["'x' not in context.missing", "'x' not in None", '[1] in [[1]]', '{} in [{}]', 'None in [None]']],
      [true, ["'a' in ('a',)", "'a' in ['a',]", "'a' in ('a')", 'context.a in (1, 2, 7)', 'context.a + 1 in [8]']],
    ]),
  )('%s', (text, answer) => expect(judge(text, context)).toBe(answer));

  test('what can hold nothing has no answer', () => {
    expect(judge("'a' in 5")).toBe('a text cannot be in a number');
    expect(judge("5 in 'a5'")).toBe('a number cannot be in a text');
  });
});

describe('arithmetic', () => {
  test.each(
    spellings([
      [
        true,
        ['2 + 3 * 4 == 14', '(2 + 3) * 4 == 20', '10 - 4 - 3 == 3', '2 * 3 % 4 == 2', '7 / 2 == 3.5', '-2 + 3 == 1'],
      ],
      // The sign is the divisor's.
      [
        true,
        ['7 % 3 == 1', '-7 % 3 == 2', '7 % -3 == -2', '-7 % -3 == -1', '5.5 % 2 == 1.5', '- -5 == 5', '3--2 == 5'],
      ],
      [
        true,
        ["'a' + 'b' == 'ab'", "['a'] + ['b'] == ['a', 'b']", "context.name + '' == context.name", '.5 + 1. == 1.5'],
      ],
      [
        true,
        [
          'context.a*2 == 14',
          'context.a-7 == 0',
          '1e3 == 1000',
          '2.5E-1 == 0.25',
          '9007199254740993 > 0',
          '1e21 > 1e20',
        ],
      ],
    ]),
  )('%s', (text, answer) => expect(judge(text, context)).toBe(answer));

  test.each([
    ['1 / 0', 'division by zero'],
    ['1 % context.zero', 'division by zero'],
    ["1 + 'a'", 'a number + a text has no result'],
    ["'a' * 3", 'a text * a number has no result'],
    ["'%s' % 'a'", 'a text % a text has no result'],
    ['context.missing + 1', 'None + a number has no result'],
    ['-context.name', 'a number - a text has no result'],
    ['1e308 * 10', 'the result is too large for a number'],
  ])('%s has no answer', (text, error) => expect(judge(text, context)).toBe(error));
});

describe('what a conditional speaks of', () => {
  const judged = (text: string, metadata: JsonObject | null, said: JsonObject = context) =>
    judgeConditional(text, { context: said, metadata });

  test('metadata is the document family’s, else what the context has', () => {
    expect(judged("metadata.kind == 'invoice'", { kind: 'invoice' })).toEqual({ run: true });
    expect(judged("metadata.kind == 'invoice'", null, { metadata: { kind: 'invoice' } })).toEqual({ run: true });
    expect(judged('metadata.kind is None', null)).toEqual({ run: true });
  });

  test('external_data is the context’s', () => {
    expect(judged("external_data.get('erp').ok", null, { external_data: { erp: { ok: true } } })).toEqual({
      run: true,
    });
    expect(judged("external_data.get('erp', {}).get('ok', False)", null)).toEqual({ run: false, error: null });
  });

  test('input_event is the context without what the assistant added', () => {
    const said = { eventType: 'TASK_CREATED', taskId: 't1', amount: 5, taxonomyRefs: ['a'], completeLabel: 'done' };
    expect(judged("input_event.eventType == 'TASK_CREATED' and input_event.amount == 5", null, said)).toEqual({
      run: true,
    });
    expect(judged("'taxonomyRefs' in context and 'taxonomyRefs' not in input_event", null, said)).toEqual({
      run: true,
    });
    expect(judged('input_event.completeLabel is None', null, said)).toEqual({ run: true });
  });

  test('a step without a conditional runs', () => {
    for (const text of [null, undefined, '', ' \n'])
      expect(judgeConditional(text, { context: {}, metadata: null })).toEqual({ run: true });
  });

  test('one that holds runs, one that is false does not, one that has no answer says why', () => {
    expect(judged('context.a == 7', null)).toEqual({ run: true });
    expect(judged('context.a == 8', null)).toEqual({ run: false, error: null });
    expect(judged('context.a / 0', null)).toEqual({ run: false, error: 'division by zero' });
    expect(judged('context.a ==', null)).toEqual({ run: false, error: expect.stringContaining('column 13') });
  });

  test('a blank one may be saved', () => {
    expect(checkConditional('')).toEqual({ ok: true });
    expect(checkConditional(' ')).toEqual({ ok: true });
    expect(checkConditional("metadata.get('a', 1) > 0")).toEqual({ ok: true });
  });
});
