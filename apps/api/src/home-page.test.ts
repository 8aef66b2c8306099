import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningApi, startApi } from '../test/start-api.ts';

let api: RunningApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

test('the root answers a page whose links all lead somewhere, without a key', async () => {
  const page = await fetch(`${api.url}/`);
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  const links = [...(await page.text()).matchAll(/href="(\/[^"]*)"/g)].map(([, path]) => path);
  expect(links).toContain('/api/docs');
  for (const path of links) {
    const answer = await fetch(`${api.url}${path}`, { headers: { accept: 'text/html' } });
    await answer.text();
    expect([path, answer.status]).toEqual([path, 200]);
  }
});
