import type { Alert } from '@gantry/contracts/http/alert';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { NO_ID } from '../../test/sample.ts';
import { type RunningApi, startApi } from '../../test/start-api.ts';

let api: RunningApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const FAILING = { name: 'It fails', condition: { kind: 'assistant-failing', failures: 3, minutes: 10 } };

test('an alert is made, muted, switched off, and removed', async () => {
  const made = await api.client.made<Alert>('/api/alerts', FAILING);
  expect(made).toMatchObject({ ...FAILING, active: true, firing: false, mutedUntil: null, assistantId: null });
  const path = `/api/alerts/${made.id}`;
  const mutedUntil = '2031-01-01T00:00:00.000Z';
  expect((await api.client.put(path, { mutedUntil })).body).toMatchObject({ ...FAILING, mutedUntil });
  const condition = { kind: 'no-workers', runtimeRef: 'acme/gpu' };
  const changed = await api.client.put(path, { active: false, condition });
  expect(changed.body).toMatchObject({ active: false, condition: { ...condition, minutes: 1 }, mutedUntil });
  const list = await api.client.get(`/api/alerts?filter=kind eq 'no-workers'`);
  expect(list.body).toMatchObject({ totalElements: 1, content: [{ id: made.id }] });
  expect((await api.client.delete(path)).status).toBe(204);
  expect((await api.client.get(path)).status).toBe(404);
});

test.each([
  [{ ...FAILING, condition: { kind: 'full-moon' } }, 400, 'condition.kind'],
  [{ ...FAILING, condition: { kind: 'waiting', seconds: 0 } }, 400, 'condition.seconds'],
  [{ ...FAILING, mutedUntil: '9999-12-31T23:59:59-23:59' }, 400, 'mutedUntil'],
  [{ ...FAILING, mutedUntil: '0000-01-01T00:00:00Z' }, 400, 'mutedUntil'],
])('what cannot be watched is refused with its field: %j', async (input, status, field) => {
  const answer = await api.client.post<{ errors: object }>('/api/alerts', input);
  expect([answer.status, Object.keys(answer.body.errors)]).toEqual([status, [field]]);
});

test('an alert is about an assistant that is there', async () => {
  const { status, body } = await api.client.post<{ code: string }>('/api/alerts', { ...FAILING, assistantId: NO_ID });
  expect([status, body.code]).toEqual([404, 'ASSISTANT_NOT_FOUND']);
});
