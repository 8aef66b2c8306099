import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ReadShares } from './read-shares.ts';

/** Work that lasts until it is told to end. */
function held() {
  const { promise, resolve } = Promise.withResolvers<void>();
  const work = {
    begun: false,
    end: resolve,
    run: async () => {
      work.begun = true;
      await promise;
    },
  };
  return work;
}

test('an organization has half of the connections at once; others do not wait for it', async () => {
  const shares = new ReadShares(4);
  const [first, second, third, other] = [held(), held(), held(), held()];
  const all = [first, second, third].map((work) => shares.run('one', work.run));
  all.push(shares.run('other', other.run));
  await turn();
  expect([first, second, third, other].map(({ begun }) => begun)).toEqual([true, true, false, true]);
  first.end();
  await turn();
  expect(third.begun).toBe(true);
  for (const work of [second, third, other]) work.end();
  await Promise.all(all);
});

test('one whose reads took long has a single connection, until that time has passed', async () => {
  let now = 0;
  const shares = new ReadShares(4, () => now);
  await shares.run('one', async () => {
    now += 50_000;
  });
  const begunAtOnce = async () => {
    const works = [held(), held()];
    const all = works.map((work) => shares.run('one', work.run));
    await turn();
    const begun = works.filter((work) => work.begun).length;
    for (const work of works) work.end();
    await Promise.all(all);
    return begun;
  };
  expect(await begunAtOnce()).toBe(1);
  now += 25_000;
  expect(await begunAtOnce()).toBe(2);
});

test('what waits is bounded', async () => {
  const shares = new ReadShares(2);
  const work = held();
  const all = Array.from({ length: 101 }, () => shares.run('one', work.run));
  await expect(shares.run('one', work.run)).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS' });
  work.end();
  await Promise.all(all);
});
