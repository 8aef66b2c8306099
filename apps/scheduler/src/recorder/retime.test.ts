import { randomUUID } from 'node:crypto';
import type { FactOf } from '@gantry/domain/fact';
import { expect, test } from 'vitest';
import { factsOf } from '../../test/fresh-scheduler.ts';
import { enteredAt, retime } from './retime.ts';

const { started } = factsOf(randomUUID());
const HOUR = 3_600_000;
const ENTERED = started.at + 700;

test('what is on its way as long as facts are keeps its time', () => {
  expect(retime(started, ENTERED)).toEqual(started);
});

test.each([HOUR, -HOUR])('what a worker says whose clock is %i ms off is put at the time of the journal', (off) => {
  const fact = { ...started, at: started.at + off };
  expect(retime(fact, ENTERED)).toEqual({ ...started, at: ENTERED });
});

test('so are the instants in it, each as far from that time as it was said to be', () => {
  const at = started.at + HOUR;
  const { kind: _kind, workerId: _worker, ...about } = started;
  const error = { errorType: 'X', message: 'x' };
  const retrying: FactOf<'step-retrying'> = { ...about, kind: 'step-retrying', error, at, retryAt: at + 12_000 };
  expect(retime(retrying, ENTERED)).toMatchObject({ at: ENTERED, retryAt: ENTERED + 12_000 });

  const entry = { id: randomUUID(), at: at - 50, level: 'INFO', text: 'x' } as const;
  const logged: FactOf<'step-logged'> = { ...about, kind: 'step-logged', at, entries: [entry] };
  expect(retime(logged, ENTERED)).toMatchObject({ at: ENTERED, entries: [{ ...entry, at: ENTERED - 50 }] });
});

test('an entry was added at the time its id begins with', () => {
  expect(enteredAt('1764000000123-4')).toBe(1_764_000_000_123);
});
