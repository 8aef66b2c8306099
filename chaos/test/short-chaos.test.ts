import { expect, test } from 'vitest';
import { playRound } from '../src/round.ts';

test('of a system that is broken at random nothing is lost, stuck, doubled or wrong', {
  timeout: 300_000,
}, async () => {
  const said: string[] = [];
  const { acceptedEvents, injections, findings } = await playRound({
    shape: { apis: 2, schedulers: 2, workers: 2 },
    lanes: [
      ['worker killed', 'leader killed', 'api killed', 'worker asked to stop'],
      ['Redis wiped', 'Redis killed', 'Redis connections half-open', 'Redis back in time'],
      ['Postgres connections cut', 'Postgres killed'],
    ],
    seed: 20_261_123,
    pace: 0.4,
    perSecond: 10,
    say: (line) => said.push(line),
  });
  expect(findings, said.join('\n')).toEqual([]);
  expect(injections).toHaveLength(10);
  expect(acceptedEvents).toBeGreaterThan(20);
});
