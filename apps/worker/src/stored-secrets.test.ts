import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { storedSecrets } from './stored-secrets.ts';

const asked: unknown[] = [];
const answers: Record<string, { status: number; body: object }> = {
  CRM: { status: 200, body: { value: 'hunter2-hunter2' } },
  NONE: { status: 404, body: { code: 'SECRET_NOT_FOUND', message: 'There is no secret NONE.' } },
  LOST: { status: 422, body: { code: 'SECRET_LOST', message: 'It cannot be opened.' } },
  WRONG_ADDRESS: { status: 404, body: { code: 'NOT_FOUND', message: 'There is nothing here.' } },
};
const server = createServer(async (request, response) => {
  const question = (await json(request)) as { name: string };
  asked.push([request.url, request.headers.authorization, question]);
  const { status = 500, body = {} } = answers[question.name] ?? {};
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
});
beforeAll(() => once(server.listen(0, '127.0.0.1'), 'listening'));
afterAll(() => server.close());

test('the api is asked for the secrets of an execution; what it does not know at the moment is waited for', async () => {
  const { port } = server.address() as AddressInfo;
  const secrets = storedSecrets({ apiUrl: `http://127.0.0.1:${port}/`, workerToken: 'token' });
  const scope = { organizationId: 'o', executionId: 'e' };
  expect(await secrets('CRM', scope)).toBe('hunter2-hunter2');
  expect(asked).toEqual([['/worker/secrets', 'Bearer token', { executionId: 'e', name: 'CRM' }]]);
  expect(await secrets('NONE', scope)).toBeUndefined();
  await expect(secrets('LOST', scope)).rejects.toMatchObject({ name: 'ModuleError', code: 'SECRET_LOST' });
  await expect(secrets('WRONG_ADDRESS', scope)).rejects.toThrow('404 NOT_FOUND');
  await expect(storedSecrets({ apiUrl: 'http://127.0.0.1:9', workerToken: 'token' })('CRM', scope)).rejects.toThrow();
});
