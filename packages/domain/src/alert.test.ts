import { expect, test } from 'vitest';
import { type AlertCondition, judgeAlert } from './alert.ts';

const NOW = new Date('2026-01-31T12:00:00.000Z');
const later = (seconds: number) => new Date(NOW.getTime() + seconds * 1_000);
const QUIET = { holdsSince: null, firingSince: null };
const failing: AlertCondition = { kind: 'assistant-failing', failures: 3, minutes: 5 };
const unserved: AlertCondition = { kind: 'no-workers', minutes: 2, runtimeRef: null };

test('an alert is told when it begins and when it ends, and not in between', () => {
  const fired = judgeAlert(QUIET, true, failing, NOW);
  expect(fired).toEqual({ holdsSince: NOW, firingSince: NOW, tell: 'alert.firing' });
  expect(judgeAlert(fired, true, failing, later(5))).toEqual({ holdsSince: NOW, firingSince: NOW });
  expect(judgeAlert(fired, false, failing, later(10))).toEqual({ ...QUIET, tell: 'alert.resolved' });
  expect(judgeAlert(QUIET, false, failing, NOW)).toEqual(QUIET);
});

test('a runtime may be without workers for a while, as when they are replaced', () => {
  const begun = judgeAlert(QUIET, true, unserved, NOW);
  expect(begun).toEqual({ holdsSince: NOW, firingSince: null });
  expect(judgeAlert(begun, false, unserved, later(60))).toEqual(QUIET);
  expect(judgeAlert(begun, true, unserved, later(119)).tell).toBeUndefined();
  expect(judgeAlert(begun, true, unserved, later(120)).tell).toBe('alert.firing');
});
