import { waitFor } from '@gantry/testkit/wait-for';
import { expect } from 'vitest';
import { expectAllSucceeded, listAll } from './audit.ts';
import { startLoad } from './producers.ts';
import type { TestSystem } from './test-system.ts';

const STEPS = [{ ref: 'gantry/sleep', options: { ms: 20 } }, { ref: 'gantry/noop' }];
const ENDED = 'status in (SUCCEEDED, CANCELLED)';

/**
 * Breaks something of Redis in the middle of a load, and mends it: every event is accepted all the while, what is sent
 * afterwards runs, nothing is lost, what was finished stays as it was, what was cancelled ends cancelled, and no app is
 * started anew.
 */
export async function underLoad(gantry: TestSystem, name: string, fault: () => Promise<void>): Promise<void> {
  const pids = gantry.system.processes.map(({ pid }) => pid);
  const statuses = async () => new Map((await listAll(gantry, ENDED)).map(({ id, status }) => [id, status]));
  const { id } = await gantry.assistant(name, STEPS);
  await gantry.assistant(`${name} after`, STEPS);
  await gantry.assistant(`${name} cancelled`, [{ ref: 'gantry/sleep', options: { ms: 120_000 } }]);
  const toCancel = (await gantry.contentsCreated(`${name} cancelled`, [{}, {}, {}]))
    .flatMap(({ executions }) => executions)
    .map((execution) => execution.id);
  const [before = '', during = '', after = ''] = toCancel;
  const load = startLoad(gantry, name);
  await waitFor(() => load.accepted.length > 50, { what: 'events to be accepted' });
  await gantry.reaches(load.accepted[0]?.answer.executions[0]?.id ?? '', 'SUCCEEDED');
  await gantry.cancel(before);
  const ended = await statuses();

  await fault();
  await gantry.cancel(during);
  const { executions } = await gantry.contentCreated(`${name} after`, 'first');
  for (const execution of executions) await gantry.reaches(execution.id, 'SUCCEEDED');
  await gantry.cancel(after);

  await expectAllSucceeded(gantry, id, await load.stop());
  expect(load.refusals).toEqual({});
  for (const one of toCancel) await gantry.reaches(one, 'CANCELLED');
  const now = await statuses();
  expect([...ended].filter(([execution, status]) => now.get(execution) !== status)).toEqual([]);
  expect(gantry.system.processes.map(({ pid }) => pid)).toEqual(pids);
}
