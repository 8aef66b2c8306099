import { type EventShape, Load } from '../load.ts';
import { median, spread } from '../numbers.ts';
import { PEERS, Peer, peersAreInstalled } from '../peers.ts';
import { settleServers } from '../settle-servers.ts';
import { type Gantry, type Servers, startGantry, startServers } from '../stage.ts';
import type { Findings, Workload } from '../workload.ts';

const STEPS = [1, 2, 4, 10];
const CONCURRENCY = 8;
const WARM_UP = 10;
/** Chains whose pace says how many are measured. */
const TRIAL = 100;
const AT_MOST = 5_000;

/** Somebody who runs chains of steps. @returns chains a second */
interface Contender {
  run: (steps: number, chains: number) => Promise<number>;
}

/** No-op executions from the first request to the last record, beside chains of the same number of steps elsewhere. */
export const throughput: Workload = {
  title: 'Throughput: chains of no-op steps a second (a)',
  async run({ rounds, seconds }) {
    await using servers = await startServers();
    await using gantry = await startGantry(servers, { concurrency: CONCURRENCY });
    const contenders = contendersOn(servers, gantry);
    const rates = new Map(contenders.map(([name]) => [name, STEPS.map((): number[] => [])]));
    // The first round counts for nothing: the processes of a system that has just started are still being compiled.
    for (let round = 0; round <= rounds; round += 1) {
      for (const [name, open] of contenders) {
        await using opened = new AsyncDisposableStack();
        const contender = await open(opened);
        await settleServers(servers);
        for (const [index, steps] of STEPS.entries()) {
          const measured = rates.get(name)?.[index] ?? [];
          await contender.run(steps, WARM_UP);
          const expected = measured.at(-1) ?? (await contender.run(steps, TRIAL));
          const chains = Math.min(AT_MOST, Math.max(WARM_UP, Math.round(expected * seconds)));
          measured.push(await contender.run(steps, chains));
        }
        console.error(round === 0 ? `warm: ${name}` : `round ${round} of ${rounds}: ${name}`);
      }
    }
    return findings(new Map([...rates].map(([name, ofSteps]) => [name, ofSteps.map(([, ...warm]) => warm)])));
  },
};

function contendersOn(servers: Servers, gantry: Gantry) {
  const gantries = (['document', 'plain'] as const).flatMap((shape) =>
    (['sendArrays', 'sendOneByOne'] as const).map((send): [string, () => Promise<Contender>] => [
      `gantry, ${shape} events ${send === 'sendArrays' ? 'in arrays of 100' : 'one by one'}`,
      async () => gantryAs(gantry, shape, send),
    ]),
  );
  const peers = peersAreInstalled() ? PEERS : [];
  return [
    ...gantries,
    ...peers.map((name): [string, (opened: AsyncDisposableStack) => Promise<Contender>] => [
      name,
      async (opened) => opened.use(await Peer.start(name, servers, CONCURRENCY)),
    ]),
  ];
}

function gantryAs({ client }: Gantry, shape: EventShape, send: 'sendArrays' | 'sendOneByOne'): Contender {
  const loads = new Map<number, Load>();
  return {
    async run(steps, chains) {
      const load = loads.get(steps) ?? (await Load.of(client, { steps, shape }));
      loads.set(steps, load);
      const began = performance.now();
      await load[send](chains);
      await load.untilDone();
      return (chains / (performance.now() - began)) * 1_000;
    },
  };
}

function findings(rates: ReadonlyMap<string, number[][]>): Findings {
  const [[, ours = []] = []] = rates;
  const rows = [...rates].map(([name, ofSteps]) => {
    const cells = STEPS.flatMap((steps, index) => {
      const own = ofSteps[index] ?? [];
      const ratio = median((ours[index] ?? []).map((rate, round) => rate / (own[round] ?? Number.NaN)));
      return [
        [`${steps} steps /s`, `${Math.round(median(own))} ±${Math.round(spread(own) * 100)} %`],
        [`gantry : it (${steps})`, ratio.toFixed(2)],
      ];
    });
    return [name, Object.fromEntries(cells)];
  });
  return {
    rows: Object.fromEntries(rows),
    notes: [
      'Medians of the rounds, which are interleaved, after one that is not counted; ± half of the way from the worst to the',
      'best. A ratio is the median of',
      "the rounds' ratios of Gantry with document events in arrays to the row's.",
      'Gantry is the whole system through HTTP: api, scheduler, one worker of 8 slots, steps in processes, a durable record.',
      'The same Postgres (fsync) and Redis (append-only, every second) for all; a peer runs alone beside a Gantry at rest.',
      'Before each of them Postgres is vacuumed, its checkpoint is made, and Redis is done with its file.',
      ...(peersAreInstalled() ? [] : ['The peers are not installed: npm ci --prefix bench/peers']),
    ],
  };
}
