import { expect, test } from 'vitest';
import { waitFor } from './wait-for.ts';

test('returns the first truthy value, taking exceptions as "not yet"', async () => {
  const values = [undefined, new Error('not there'), 0, 'there', 'too late'];
  const next = async () => {
    const value = values.shift();
    if (value instanceof Error) throw value;
    return value;
  };
  expect(await waitFor(next, { intervalMs: 1 })).toBe('there');
});

test('names what it waited for and the last value or error when time is up', async () => {
  const options = { timeoutMs: 10, intervalMs: 1, what: 'the worker' };
  await expect(waitFor(() => 0, options)).rejects.toThrow('Waited 10 ms for the worker (last value: 0)');
  const refused = () => Promise.reject(new Error('refused'));
  await expect(waitFor(refused, options)).rejects.toThrow(/for the worker \(last error: Error: refused/);
});
