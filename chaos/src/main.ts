/**
 * npm run chaos [minutes] [seed] [shards of Redis]: whole systems on real Redis and Postgres, broken in every way of faults.ts at random
 * while events come in, then audited: what was accepted has ended, as it must, once. Ends with 1 if anything was found.
 */
import { randomInt } from 'node:crypto';
import { Dice } from './dice.ts';
import { faultTable } from './fault-table.ts';
import { FAULTS, type FaultName } from './faults.ts';
import { summarize } from './recovery.ts';
import { playRound, type RoundResult } from './round.ts';
import type { Shape } from './stage.ts';

const names = Object.keys(FAULTS) as FaultName[];
const ofApps = names.filter((name) => /\b(workers?|leader|api|scheduler) /.test(name));
const ofRedis = names.filter((name) => name.startsWith('Redis '));
const ofPostgres = names.filter((name) => name.startsWith('Postgres '));

const EVENTS_PER_SECOND = 25;
const MOST_FINDINGS_SAID = 50;

const minutes = Number(process.argv[2] ?? 15);
const seed = Number(process.argv[3] ?? randomInt(2 ** 31));
const shards = Number(process.argv[4] ?? 1);
if (!(minutes > 0) || !Number.isInteger(seed) || !(shards > 0))
  throw new Error('npm run chaos [minutes] [seed] [shards]');

/** Each of the faults once, in an order of chance, then again and again. */
function* deck(faults: readonly FaultName[], dice: Dice): Generator<FaultName, never> {
  for (;;) yield* dice.shuffle(faults);
}

/** From the deck, until the time is up. */
function* deal(cards: Generator<FaultName, never>, seconds: number): Generator<FaultName> {
  const until = performance.now() + seconds * 1_000;
  while (performance.now() < until) yield cards.next().value;
}

const dice = new Dice(seed);
/** A system that is broken in one way at a time goes on where the one before it ended. */
const oneByOne = [deck(names, dice)];
const atTheSameTime = [ofApps, ofRedis, ofPostgres].map((faults) => deck(faults, dice));

const SYSTEMS: readonly { shape: Shape; lanes: readonly Generator<FaultName, never>[] }[] = [
  { shape: { apis: 1, schedulers: 1, workers: 1 }, lanes: oneByOne },
  { shape: { apis: 2, schedulers: 2, workers: 3 }, lanes: oneByOne },
  { shape: { apis: 2, schedulers: 2, workers: 3 }, lanes: atTheSameTime },
];
console.log(`seed ${seed}: ${SYSTEMS.length} systems, ${minutes} minutes of faults`);

const results: RoundResult[] = [];
for (const [index, { shape, lanes }] of SYSTEMS.entries()) {
  console.log(`system ${index + 1}: ${JSON.stringify(shape)}`);
  const dealt = lanes.map((cards) => deal(cards, (minutes * 60) / SYSTEMS.length));
  const options = {
    shape: { ...shape, shards },
    lanes: dealt,
    seed: seed + 10_000 * index,
    pace: 1,
    perSecond: EVENTS_PER_SECOND,
  };
  const result = await playRound({ ...options, say: (line) => console.log(`  ${line}`) });
  for (const { problem, executionId = '', says } of result.findings.slice(0, MOST_FINDINGS_SAID)) {
    console.log(`  ${problem.toUpperCase()} ${executionId} ${says}`);
  }
  results.push(result);
}

const findings = results.flatMap((result) => result.findings);
const summaries = summarize(
  results.flatMap(({ injections }) => injections),
  results.flatMap(({ lives }) => lives),
  findings,
);
const sum = (of: (result: RoundResult) => number) => results.reduce((total, result) => total + of(result), 0);
console.log(`\n${faultTable(summaries)}\n`);
console.log(
  `${sum(({ acceptedEvents }) => acceptedEvents)} events accepted, ${sum(({ lives }) => lives.length)} executions, ` +
    `${findings.length} findings; seed ${seed}`,
);
for (const {
  redisMemory: { before, most, after },
} of results) {
  console.log(`Redis: ${mb(before)} before the load, ${mb(most)} at most, ${mb(after)} at rest`);
}
process.exit(findings.length === 0 ? 0 : 1);

function mb(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(1)} MB`;
}
