import { expect, onTestFinished, test } from 'vitest';
import { problemWith } from '../../test/api-client.ts';
import { startApi } from '../../test/start-api.ts';
import { RateLimiter } from './rate-limiter.ts';

function allowed(limiter: RateLimiter, keyId: string, nowMs: number, tries: number): number {
  let passed = 0;
  for (let index = 0; index < tries; index += 1) {
    try {
      limiter.take(keyId, nowMs);
      passed += 1;
    } catch (error) {
      expect(error).toMatchObject({ code: 'TOO_MANY_REQUESTS', headers: { 'retry-after': '1' } });
    }
  }
  return passed;
}

test('a key may send what a second allows at once, and then as much as time brings back', () => {
  const limiter = new RateLimiter(10);
  expect(allowed(limiter, 'a', 1_000, 25)).toBe(10);
  expect(allowed(limiter, 'b', 1_000, 5)).toBe(5);
  expect(allowed(limiter, 'a', 1_500, 25)).toBe(5);
  expect(allowed(limiter, 'a', 1_400, 25)).toBe(0);
  expect(allowed(limiter, 'a', 60_000, 25)).toBe(10);
});

test('keys that are refused gain tokens all the same, and no limit is no limit', () => {
  const limiter = new RateLimiter(1);
  const passed = Array.from({ length: 31 }, (_, tenth) => allowed(limiter, 'a', tenth * 100, 3));
  expect(passed.reduce((sum, each) => sum + each)).toBeGreaterThanOrEqual(3);
  expect(allowed(new RateLimiter(0), 'a', 0, 1_000)).toBe(1_000);
});

test('beyond the limit requests of that key are answered 429 and when to come back', async () => {
  const api = await startApi({ requestsPerSecond: 3 });
  onTestFinished(() => api.close());
  const other = await api.clientOf('other', 'admin');
  const answers = await Promise.all(Array.from({ length: 40 }, () => api.client.post('/api/projects', { name: 'x' })));
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(0);
  expect(refused.length).toBeLessThanOrEqual(37);
  expect(refused[0]).toMatchObject(problemWith(429, 'TOO_MANY_REQUESTS'));
  expect(refused[0]?.headers.get('retry-after')).toBe('1');
  expect(await other.get('/api/projects')).toMatchObject({ status: 200 });
});
