import { expect, test } from 'vitest';
import { isPicked, pick, picks, WAITING, withoutPick } from './filter-picks.ts';

const named = (wanted: string) => {
  const found = picks.find(({ name }) => name === wanted);
  if (found === undefined) throw new Error(wanted);
  return found;
};
const NOW = Date.parse('2026-02-03T04:05:06Z');

test('what is picked is added to what is there, instead of what is about the same', () => {
  const failed = pick("assistantId eq 'a and b'", named('Failed'), NOW);
  expect(failed).toBe("assistantId eq 'a and b' and status eq 'FAILED'");
  const waiting = pick(failed, named('Waiting'), NOW);
  expect(waiting).toBe(`assistantId eq 'a and b' and ${WAITING}`);
  const lately = pick(waiting, named('Last 24 hours'), NOW);
  expect(lately).toBe(`${waiting} and createdOn ge '2026-02-02T04:05Z'`);
  expect([isPicked(lately, named('Waiting')), isPicked(lately, named('Failed'))]).toEqual([true, false]);
  expect(isPicked(lately, named('Last 24 hours'))).toBe(true);
  expect(withoutPick(withoutPick(lately, named('Waiting')), named('Last 24 hours'))).toBe("assistantId eq 'a and b'");
});

test('alternatives stay together', () => {
  expect(pick("priority gt 5 or status eq 'FAILED'", named('Slow'), NOW)).toBe(
    "(priority gt 5 or status eq 'FAILED') and processingTime gt 10000",
  );
});
