import { acquireLeadership, type Leadership } from '@gantry/record/leader/leadership';
import type { Service } from '@gantry/service/service';
import { waitFor } from '@gantry/testkit/wait-for';
import { sql } from 'kysely';
import { describe, type TestContext, test } from 'vitest';
import { type FreshScheduler, freshScheduler } from '../test/fresh-scheduler.ts';
import { leaderElection } from './leader-election.ts';

interface Candidacy {
  db?: FreshScheduler['db'];
  duties?: (leadership: Leadership) => Service[];
}

/** A database, and schedulers on it whose only duties are to say that they start and stop. */
async function schedulers({ onTestFinished }: Pick<TestContext, 'onTestFinished'>) {
  const scheduler = await freshScheduler();
  onTestFinished(scheduler.close);
  const candidate = (name: string, { db = scheduler.db, duties }: Candidacy = {}) => {
    const said: string[] = [];
    const duty = (which: string, term: number): Service => ({
      name: which,
      start: async () => void said.push(`start ${which} ${term}`),
      stop: async () => void said.push(`stop ${which} ${term}`),
    });
    const election = leaderElection({
      ...{ db, holder: name, logger: scheduler.logger },
      duties: duties ?? (({ term }) => [duty('a', term), duty('b', term)]),
    });
    onTestFinished(() => election.stop());
    return { ...election, said };
  };
  return { ...scheduler, candidate };
}

// They mostly wait for a lease to run out, and can do that at the same time.
describe.concurrent('leader election', () => {
  test('of two schedulers exactly one leads', async ({ expect, onTestFinished }) => {
    const { candidate, db } = await schedulers({ onTestFinished });
    const [one, two] = [candidate('one'), candidate('two')];
    await Promise.all([one.start(), two.start()]);
    const leader = await waitFor(() => [one, two].find((each) => each.leads()));
    const other = leader === one ? two : one;
    // Looked again, as often as the leader did: it renewed its lease a few times.
    const { rows } = await sql<{ expires_at: Date }>`select expires_at from leader`.execute(db);
    const renewed = async () => {
      const now = await sql<{ expires_at: Date }>`select expires_at from leader`.execute(db);
      return Number(now.rows[0]?.expires_at) > Number(rows[0]?.expires_at) + 1_500;
    };
    await waitFor(renewed);
    expect([leader.leads(), other.leads()]).toEqual([true, false]);
    expect(leader.said).toEqual(['start a 1', 'start b 1']);
    expect(other.said).toEqual([]);
  });

  test('a leader that stops stops its duties in reverse, and the other one leads with a higher term', async ({
    expect,
    onTestFinished,
  }) => {
    const { candidate } = await schedulers({ onTestFinished });
    const [one, two] = [candidate('one'), candidate('two')];
    await one.start();
    await waitFor(() => one.leads());
    await two.start();
    await one.stop();
    await waitFor(() => two.leads());
    expect(one.said).toEqual(['start a 1', 'start b 1', 'stop b 1', 'stop a 1']);
    expect(one.leads()).toBe(false);
    expect(two.said).toEqual(['start a 2', 'start b 2']);
  });

  test('a leader that loses its Postgres stops its duties, and the other one leads once the lease has run out', async ({
    expect,
    onTestFinished,
  }) => {
    const { candidate, openDb } = await schedulers({ onTestFinished });
    const lostDb = openDb();
    const [one, two] = [candidate('one', { db: lostDb }), candidate('two')];
    await one.start();
    await waitFor(() => one.leads());
    await two.start();
    await lostDb.destroy();
    await waitFor(() => two.leads());
    await waitFor(() => !one.leads());
    expect(one.said).toEqual(['start a 1', 'start b 1', 'stop b 1', 'stop a 1']);
    expect(two.said).toEqual(['start a 2', 'start b 2']);
  });

  test('a leader whose lease another one took stops its duties', async ({ expect, onTestFinished }) => {
    const { candidate, db } = await schedulers({ onTestFinished });
    const one = candidate('one');
    await one.start();
    await waitFor(() => one.leads());
    await sql`update leader set expires_at = '-infinity'`.execute(db);
    // Both may look now; whoever is first, the term is another one.
    const taken = await acquireLeadership(db, 'two');
    await waitFor(() => one.said.includes('stop a 1'));
    expect(one.leads()).toBe(taken === undefined);
  });

  test('duties that could not be started are stopped and started again', async ({ expect, onTestFinished }) => {
    const { candidate } = await schedulers({ onTestFinished });
    const said: string[] = [];
    let failures = 2;
    const one = candidate('one', {
      duties: () => [
        { name: 'a', start: async () => void said.push('start a'), stop: async () => void said.push('stop a') },
        {
          name: 'b',
          start: async () => {
            if (failures-- > 0) throw new Error('not yet');
            said.push('start b');
          },
          stop: async () => void said.push('stop b'),
        },
      ],
    });
    await one.start();
    await waitFor(() => one.leads());
    const failed = ['start a', 'stop b', 'stop a'];
    expect(said).toEqual([...failed, ...failed, 'start a', 'start b']);
  });

  test('duties that take longer than the lease to start are done under it', async ({ expect, onTestFinished }) => {
    const { candidate, db } = await schedulers({ onTestFinished });
    const starting = Promise.withResolvers<void>();
    const said: string[] = [];
    const one = candidate('one', {
      duties: ({ term }) => [
        {
          name: 'slow',
          start: async () => {
            said.push(`start ${term}`);
            await starting.promise;
          },
          stop: async () => void said.push(`stop ${term}`),
        },
      ],
    });
    onTestFinished(() => starting.resolve());
    await one.start();
    const began = async () => (await sql<{ at: Date }>`select clock_timestamp() as at`.execute(db)).rows[0]?.at;
    const since = await waitFor(() => (said.length > 0 ? began() : undefined));
    // Renewed beyond what it was given at first.
    await waitFor(async () => {
      const { rows } = await sql`select from leader where expires_at > ${since}::timestamptz + interval '5 s'`.execute(
        db,
      );
      return rows.length === 1;
    });
    expect(one.leads()).toBe(false);
    starting.resolve();
    await waitFor(() => one.leads());
    expect(said).toEqual(['start 1']);
  });

  test('duties that take longer than the lease to stop are followed by those of a new term, which are done', async ({
    expect,
    onTestFinished,
  }) => {
    const { candidate, db } = await schedulers({ onTestFinished });
    const stopping = Promise.withResolvers<void>();
    const said: string[] = [];
    const one = candidate('one', {
      duties: ({ term }) => [
        {
          name: 'slow',
          start: async () => void said.push(`start ${term}`),
          stop: async () => {
            said.push(`stop ${term}`);
            await stopping.promise;
          },
        },
      ],
    });
    onTestFinished(() => stopping.resolve());
    await one.start();
    await waitFor(() => one.leads());
    await sql`update leader set expires_at = '-infinity'`.execute(db);
    await waitFor(() => said.includes('stop 1'));
    // Nobody else is there, and this one takes no lease that it could not use.
    await sql`update leader set expires_at = '-infinity'`.execute(db);
    stopping.resolve();
    await waitFor(() => one.leads());
    const { rows } = await sql<{ term: number }>`
      select term from leader where expires_at > clock_timestamp()`.execute(db);
    expect(said).toEqual(['start 1', 'stop 1', `start ${rows[0]?.term}`]);
  });

  test('a duty that never stops keeps this one from leading again for some seconds only', async ({
    expect,
    onTestFinished,
  }) => {
    const { candidate, db } = await schedulers({ onTestFinished });
    const said: string[] = [];
    const one = candidate('one', {
      duties: ({ term }) => [
        {
          name: 'endless',
          start: async () => void said.push(`start ${term}`),
          stop: () => (term === 1 ? new Promise(() => {}) : Promise.resolve()),
        },
      ],
    });
    await one.start();
    await waitFor(() => one.leads());
    await sql`update leader set expires_at = '-infinity'`.execute(db);
    await waitFor(() => said.length === 2);
    await waitFor(() => one.leads());
    expect(said).toHaveLength(2);
  });

  test('a duty that does not stop properly keeps the others from nothing', async ({ expect, onTestFinished }) => {
    const { candidate, db } = await schedulers({ onTestFinished });
    const said: string[] = [];
    const one = candidate('one', {
      duties: () => [
        { name: 'a', start: async () => {}, stop: async () => void said.push('stop a') },
        { name: 'b', start: async () => {}, stop: () => Promise.reject(new Error('stuck')) },
      ],
    });
    await one.start();
    await waitFor(() => one.leads());
    await one.stop();
    expect(said).toEqual(['stop a']);
    const { rows } = await sql`select from leader where expires_at = '-infinity'`.execute(db);
    expect(rows).toHaveLength(1);
  });
});
