import { type EventAnswer, eventAnswerSchema } from '@gantry/contracts/http/event';
import { type Execution, executionSchema } from '@gantry/contracts/http/execution';
import { pageSchema } from '@gantry/contracts/http/page';
import { waitFor } from '@gantry/testkit/wait-for';
import { Redis } from 'ioredis';
import { expect } from 'vitest';
import { z } from 'zod';
import type { TestSystem } from './test-system.ts';

const PAGE = 1_000;

/** All executions that match, by their age. */
export async function listAll({ api }: TestSystem, filter: string): Promise<Execution[]> {
  const all: Execution[] = [];
  for (let page = 1; ; page += 1) {
    const query = new URLSearchParams({ filter, sort: 'createdOn,asc', pageSize: String(PAGE), page: String(page) });
    const { content, last } = await api.get(`/api/executions?${query}`, pageSchema(executionSchema));
    all.push(...content);
    if (last) return all;
  }
}

/**
 * What must hold once the faults are over: each accepted event has the execution it was answered with and no other, it
 * succeeds with every step, and sending the event again answers the same one.
 */
export async function expectAllSucceeded(
  gantry: TestSystem,
  assistantId: string,
  accepted: readonly { event: object; answer: EventAnswer }[],
): Promise<void> {
  const of = `assistantId eq '${assistantId}'`;
  const unfinished = `${of} and not (status in (SUCCEEDED, FAILED, CANCELLED, SKIPPED))`;
  await waitFor(
    async () => {
      const open = await listAll(gantry, unfinished);
      if (open.length === 0) return true;
      throw new Error(`open: ${open.map(({ id, status, createdOn }) => `${id} ${status} ${createdOn}`).join(', ')}`);
    },
    { what: 'every execution to end', intervalMs: 250 },
  );
  const executions = await listAll(gantry, of);
  expect(executions.filter(({ status }) => status !== 'SUCCEEDED')).toEqual([]);
  expect(await listAll(gantry, `${of} and steps.status in (PENDING, RUNNING, FAILED, SKIPPED, CANCELLED)`)).toEqual([]);
  const promised = accepted.flatMap(({ answer }) => answer.executions.map(({ id }) => id));
  expect(promised).toHaveLength(accepted.length);
  expect(executions.map(({ id }) => id).sort()).toEqual(promised.sort());

  for (let from = 0; from < accepted.length; from += PAGE) {
    const again = accepted.slice(from, from + PAGE);
    const events = again.map(({ event }) => event);
    const answers = await gantry.api.post('/api/events', events, z.array(eventAnswerSchema));
    expect(answers).toMatchObject(
      again.map(({ answer }) => ({ duplicate: true, executions: answer.executions.map(({ id }) => ({ id })) })),
    );
  }
}

/** A look into the journal, for tests that wait for what the recorder has or has not read. */
export function watchJournal(url: string, prefix: string) {
  const redis = new Redis(url);
  const journal = `${prefix}:journal`;
  return {
    length: () => redis.xlen(journal),
    untilEmpty: () => waitFor(async () => (await redis.xlen(journal)) === 0, { what: 'the journal to be empty' }),
    close: () => redis.disconnect(),
  };
}
