import type { ReportedModule } from '@gantry/contracts/worker-report';
import { WorkerRegistry } from '@gantry/dispatch/worker-registry';
import { findModules, moduleKey } from '@gantry/record/modules/find-modules';
import { waitFor } from '@gantry/testkit/wait-for';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type FreshScheduler, freshScheduler, ORGANIZATION } from '../test/fresh-scheduler.ts';
import { moduleRegistrar } from './module-registrar.ts';

let scheduler: FreshScheduler;
beforeAll(async () => {
  scheduler = await freshScheduler();
});
afterAll(() => scheduler.close());

const reported = (slug: string, version: string): ReportedModule => {
  return {
    ...{ orgSlug: slug === 'noop' ? 'gantry' : 'acme', slug, version, name: slug, description: null },
    ...{ moduleRuntimeRef: 'acme/cpu', options: [{ name: 'pages', type: 'integer' }] },
  };
};

async function find(slug: string) {
  const module = { organizationId: ORGANIZATION, orgSlug: slug === 'noop' ? 'gantry' : 'acme', slug, version: null };
  return (await findModules(scheduler.db, [module])).get(moduleKey(module));
}

test('steps find the modules of files that workers report; of two the later worker’s; none replaces what ships', async () => {
  const workers = new WorkerRegistry(scheduler.redis, scheduler.keys);
  const leadership = await scheduler.lead();
  const registrar = moduleRegistrar({ ...scheduler, leadership, workers });
  onTestFinished(() => registrar.stop());
  const announce = (workerId: string, startedAt: number, definitions: ReportedModule[]) =>
    workers.announce({ workerId, startedAt, runtimes: ['acme/cpu'], modules: [], definitions });

  await announce('old', 1, [reported('counter', '1.0.0'), reported('noop', '9.0.0')]);
  await registrar.start();
  await waitFor(async () => (await find('counter')) !== undefined);
  expect(await find('counter')).toMatchObject({
    version: '1.0.0',
    active: true,
    metadata: { kind: 'node', moduleRuntimeRef: 'acme/cpu', options: [{ name: 'pages', type: 'integer' }] },
  });
  expect(await find('noop')).toMatchObject({ version: '1.0.0' });

  await announce('new', 2, [reported('counter', '1.1.0')]);
  await waitFor(async () => (await find('counter'))?.version === '1.1.0');

  // Steps wait for a worker that is away; a module that is away for good is forgotten.
  await Promise.all([workers.withdraw('old'), workers.withdraw('new')]);
  await sql`update modules set reported_at = now() - interval '29 days' where slug = 'counter'`.execute(scheduler.db);
  await announce('other', 3, [reported('other', '1.0.0')]);
  await waitFor(async () => (await find('other')) !== undefined);
  expect(await find('counter')).toMatchObject({ version: '1.1.0' });
  await sql`update modules set reported_at = now() - interval '31 days' where slug = 'counter'`.execute(scheduler.db);
  await announce('other', 3, [reported('other', '1.0.1')]);
  await waitFor(async () => (await find('counter')) === undefined);
});
