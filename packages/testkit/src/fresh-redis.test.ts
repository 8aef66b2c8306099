import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { freshRedis } from './fresh-redis.ts';

test('every namespace is empty and its own', async () => {
  const [one, two] = await Promise.all([freshRedis(), freshRedis()]);
  expect(one.prefix).not.toBe(two.prefix);
  const [first, second] = [new Redis(one.url), new Redis(two.url)];
  await first.set('kept', '1');
  expect(await second.keys('*')).toEqual([]);
  await two.cleanup();
  expect(await first.keys('*')).toEqual(['kept']);
  await one.cleanup();
  expect(await first.keys('*')).toEqual([]);
  await Promise.all([first.quit(), second.quit()]);
});
