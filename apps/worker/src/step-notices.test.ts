import { waitFor } from '@gantry/testkit/wait-for';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FreshWorker, freshWorker } from '../test/fresh-worker.ts';

let worker: FreshWorker;
beforeAll(async () => {
  worker = await freshWorker();
});
afterAll(() => worker.close());

test('what a step logs and says is reported in the order it came, in batches, before the outcome of each attempt', async () => {
  const job = await worker.open([{ ref: 'test/tells', policy: { maxAttempts: 2 } }, { ref: 'gantry/noop' }]);
  await worker.run(job);
  const attempt = (number: number, outcome: string) => [
    ...['step-logged', 'step-logged', 'step-logged', 'step-said'].map((kind) => `${kind} 0.${number}`),
    outcome,
  ];
  expect(await worker.story(job.executionId)).toEqual([
    'planned',
    'step-started 0.1',
    ...attempt(1, 'step-retrying 0.1'),
    ...attempt(2, 'step-finished 0.2 SUCCEEDED'),
    'step-finished 1.1 SUCCEEDED',
  ]);

  const facts = await worker.facts(job.executionId);
  const bySlice = facts.filter((fact) => 'seq' in fact);
  expect(bySlice.map(({ seq }) => seq)).toEqual(bySlice.map((_, index) => index));
  const entries = facts.flatMap((fact) => (fact.kind === 'step-logged' ? fact.entries : []));
  const lines = [1, 2].flatMap((number) =>
    Array.from({ length: 250 }, (_, index) => `line ${index} {"attempt":${number}}`),
  );
  expect(entries.map(({ level, text }) => `${level} ${text}`)).toEqual(lines.map((line) => `INFO ${line}`));
  expect(entries.map(({ id }) => id)).toEqual(entries.map(({ id }) => id).toSorted());
  expect(Math.max(...facts.map((fact) => (fact.kind === 'step-logged' ? fact.entries.length : 0)))).toBe(100);

  const said = facts.filter((fact) => fact.kind === 'step-said').map(({ messages }) => messages);
  const newest = Array.from({ length: 10 }, (_, index) => `page ${index + 2}`);
  expect(said.map((messages) => messages.map(({ title }) => title))).toEqual([newest, newest]);
  expect(said[0]?.slice(-2).map(({ type }) => type)).toEqual(['SEARCHING', 'PROCESSING']);
});

test('a long step is heard while it runs, and what it logged is not lost when it is stopped', async () => {
  const job = await worker.open([{ ref: 'test/mutters' }]);
  const run = worker.run(job);
  await waitFor(async () => (await worker.story(job.executionId)).includes('step-logged 0.1'));
  worker.held.stopExecution(job.executionId);
  await run;
  expect(await worker.story(job.executionId)).toEqual([
    ...['planned', 'step-started 0.1', 'step-logged 0.1', 'step-finished 0.1 CANCELLED'],
  ]);
});

test('who watches a step that logs much sees its newest lines, in an entry that makes room for them in the end', async () => {
  const job = await worker.open([{ ref: 'test/chatters' }]);
  const run = worker.run(job);
  const log = async () => {
    const facts = await worker.facts(job.executionId);
    return facts.flatMap((fact) => (fact.kind === 'step-logged' ? fact.entries : []));
  };
  const newest = await waitFor(async () => (await log()).find(({ text }) => text.endsWith('\nINFO line 599')));
  worker.held.stopExecution(job.executionId);
  await run;
  // As they are read: by id, each as it was said last.
  const kept = new Map((await log()).map((entry) => [entry.id, entry.text]));
  const texts = [...kept].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, text]) => text);
  expect(texts.filter((text) => text.startsWith('line'))).toEqual(Array.from({ length: 600 }, (_, i) => `line ${i}`));
  expect(kept.get(newest.id)).toMatch(/what follows was held back/);
  expect(texts.indexOf(kept.get(newest.id) ?? '')).toBe(500);
});

test('a step that tells nothing reports nothing but its outcome', async () => {
  const job = await worker.open([{ ref: 'gantry/noop' }]);
  await worker.run(job);
  expect(await worker.story(job.executionId)).toEqual(['planned', 'step-started 0.1', 'step-finished 0.1 SUCCEEDED']);
});
