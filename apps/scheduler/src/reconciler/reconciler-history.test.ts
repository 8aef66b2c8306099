import { randomUUID } from 'node:crypto';
import type { ExecutionJob } from '@gantry/contracts/execution-job';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { factsOf } from '../../test/fresh-scheduler.ts';
import { DEFAULT, reconcilerScene } from '../../test/reconciler-scene.ts';

const scene = reconcilerScene();
const { reconciler, inRedis, executionJobs, sliceJobs } = scene;

describe('what Redis holds of another history of the record is forgotten, and all is planned again from the record', () => {
  /** A permission, a job and a fact of an execution that this record may not know. */
  async function remains(job: ExecutionJob): Promise<void> {
    await inRedis(job, { epoch: '4', leased: '1' }, true);
    await scene.scheduler.report(factsOf(job.executionId).started);
    await scene.scheduler.redis.sadd(scene.scheduler.keys.runtimes, 'acme/gone');
  }

  test.each<[string, () => Promise<unknown>]>([
    [
      'the record was set back to an earlier leader',
      () => scene.scheduler.permissions.announceTerm(scene.leadership.term + 30),
    ],
    [
      'the record was set back to an earlier look',
      () => sql`update leader set beat = beat - 5`.execute(scene.scheduler.db),
    ],
    ['the record is another one', () => sql`update leader set lineage = gen_random_uuid()`.execute(scene.scheduler.db)],
  ])('%s', async (_what, restore) => {
    await sql`update leader set beat = beat + 100`.execute(scene.scheduler.db);
    await reconciler().runOnce();
    const [known, unknown] = [
      await scene.scheduler.create(),
      { ...(await scene.scheduler.create()), executionId: randomUUID() },
    ];
    await sql`delete from executions where id <> ${known.executionId}`.execute(scene.scheduler.db);
    for (const job of [known, unknown]) await remains(job);
    await restore();

    const forgotten: string[] = [];
    const sweeper = reconciler(undefined, async () => void forgotten.push('told'));
    await sweeper.runOnce();
    expect(forgotten).toEqual(['told']);
    expect(await executionJobs()).toEqual([known]);
    expect(await scene.scheduler.journaled()).toEqual([]);
    expect(await sliceJobs()).toBe(0);
    expect(
      await scene.scheduler.redis.exists(
        scene.scheduler.keys.execution(unknown.executionId),
        scene.scheduler.keys.runtimes,
      ),
    ).toBe(0);
    expect(await scene.scheduler.redis.get(scene.scheduler.keys.term)).toBe(String(scene.leadership.term));
    expect(scene.scheduler.log.join()).toContain('the record was restored');

    await scene.scheduler.settle();
    expect(await sweeper.runOnce()).toBe(0);
    expect(forgotten).toEqual(['told']);
  });

  test('but not while the same history goes on', async () => {
    await reconciler().runOnce();
    await sql`update leader set beat = beat + 1`.execute(scene.scheduler.db);
    await scene.scheduler.redis.sadd(scene.scheduler.keys.runtimes, DEFAULT);
    await reconciler().runOnce();
    expect(await scene.scheduler.redis.smembers(scene.scheduler.keys.runtimes)).toEqual([DEFAULT]);
  });

  test('and not by a leader that was deposed, whose term is behind for another reason', async () => {
    const deposed = reconciler();
    const next = await scene.scheduler.lead();
    await scene.scheduler.permissions.announceTerm(next.term);
    await scene.scheduler.redis.sadd(scene.scheduler.keys.runtimes, DEFAULT);
    await expect(deposed.runOnce()).rejects.toThrow('another scheduler leads');
    expect(await scene.scheduler.redis.smembers(scene.scheduler.keys.runtimes)).toEqual([DEFAULT]);
  });
});
