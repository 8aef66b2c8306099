import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ExecutionChange, executionChangeSchema } from '@gantry/contracts/http/execution-change';
import { executionLogSchema } from '@gantry/contracts/http/execution-log';
import { executionSliceSchema } from '@gantry/contracts/http/execution-slice';
import { pageSchema } from '@gantry/contracts/http/page';
import { statusMessageSchema } from '@gantry/contracts/http/status-message';
import { type FreshRedis, freshRedis } from '@gantry/testkit/fresh-redis';
import { waitFor } from '@gantry/testkit/wait-for';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { startTestSystem, type TestSystem } from './test-system.ts';

// Fails at first, and tells what it does.
const READER = `export default {
  ref: 'test/reader',
  infer({ attempt, logger, statusMessage, progress }) {
    statusMessage({ title: 'Reading', subtitle: 'attempt ' + attempt, type: 'PROCESSING' });
    logger.info('reading', { attempt });
    progress(attempt, 2);
    if (attempt === 1) throw new Error('the page is stuck');
    logger.warn('page 7 is blank');
    return 'read';
  },
};`;

let modulesDir: string;
let redis: FreshRedis;
let gantry: TestSystem;

beforeAll(async () => {
  modulesDir = await mkdtemp(join(tmpdir(), 'gantry-modules-'));
  await writeFile(join(modulesDir, 'reader.mjs'), READER);
  redis = await freshRedis();
  const env = { MODULES_DIR: modulesDir };
  gantry = await startTestSystem({ redisUrl: redis.url, redisPrefix: redis.prefix, workers: 1, apis: 2, env });
  const metadata = { kind: 'node', moduleRuntimeRef: 'gantry/default' };
  await gantry.api.post('/api/modules', { orgSlug: 'test', slug: 'reader', name: 'Reader', metadata }, z.unknown());
});

afterAll(async () => {
  await gantry?.stop();
  await redis?.cleanup();
  await rm(modulesDir, { recursive: true });
});

/** Collects what the second api shows of all executions. */
async function watch(changes: ExecutionChange[]): Promise<() => Promise<void>> {
  const abort = new AbortController();
  const response = await fetch(`${gantry.system.apiUrls[1]}/api/executions/events`, {
    headers: { 'x-api-key': gantry.system.apiKey },
    signal: abort.signal,
  });
  const read = async () => {
    let rest = '';
    for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const frames = (rest + text).split('\n\n');
      rest = frames.pop() ?? '';
      for (const data of frames.flatMap((frame) => /^data: (.*executionId.*)$/m.exec(frame)?.[1] ?? [])) {
        changes.push(executionChangeSchema.parse(JSON.parse(data)));
      }
    }
  };
  const reading = read().catch(() => undefined);
  return async () => {
    abort.abort();
    await reading;
  };
}

test('a whole life can be watched at another api, and what its steps told is read afterwards', async () => {
  const changes: ExecutionChange[] = [];
  const stop = await watch(changes);
  await gantry.assistant('reading', [{ ref: 'test/reader', executionPolicy: { maxAttempts: 2 } }]);
  const { executions } = await gantry.contentCreated('reading', 'a');
  const id = executions[0]?.id ?? '';
  const done = await gantry.reaches(id, 'SUCCEEDED');
  await waitFor(() => changes.some(({ status }) => status === 'SUCCEEDED'), { what: 'the last change' });
  await stop();
  const statuses = changes.filter(({ kind }) => kind === 'created' || kind === 'status').map(({ status }) => status);
  expect(statuses.at(0)).toBe('PENDING');
  expect(statuses.at(-1)).toBe('SUCCEEDED');
  expect(changes.map(({ changeSequence }) => changeSequence)).toEqual(
    changes.map(({ changeSequence }) => changeSequence).toSorted((a, b) => a - b),
  );
  expect(changes.at(-1)?.changeSequence).toBe(done.changeSequence);

  const path = `/api/executions/${id}`;
  const logs = await gantry.api.get(`${path}/logs`, pageSchema(executionLogSchema));
  const stuck = expect.stringMatching(
    /^Attempt 1 failed, the next one begins at .*: MODULE_FAILED: the page is stuck$/,
  );
  expect(logs.content.map(({ level, entry }) => [level, entry])).toEqual([
    ['INFO', 'reading {"attempt":1}'],
    ['WARN', stuck],
    ['INFO', 'reading {"attempt":2}'],
    ['WARN', 'page 7 is blank'],
  ]);
  const said = await gantry.api.get(`${path}/status-messages`, z.array(statusMessageSchema));
  expect(said.map(({ subtitle }) => subtitle)).toEqual(['attempt 1', 'attempt 2']);
  const slices = await gantry.api.get(`${path}/slices`, z.array(executionSliceSchema));
  expect(slices).toMatchObject([{ sliceOrder: 0, attemptNumber: 1, status: 'SUCCEEDED', errorMessage: null }]);
});
