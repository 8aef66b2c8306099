import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { GantryClient } from '@gantry/client/gantry-client';
import type { Execution } from '@gantry/contracts/http/execution';
import { waitFor } from '@gantry/testkit/wait-for';
import { audit } from './audit.ts';
import { makeCast, stopTicking } from './cast.ts';
import { Dice } from './dice.ts';
import { errorIn } from './error-in.ts';
import { FAULTS, type FaultName } from './faults.ts';
import type { Finding } from './finding.ts';
import { Ledger } from './ledger.ts';
import { produce } from './producers.ts';
import type { Injection, Life } from './recovery.ts';
import { leftovers, memoryOf } from './redis-state.ts';
import { type Shape, type Stage, setStage } from './stage.ts';
import { StatusWatch } from './status-watch.ts';
import { lasting } from './strike.ts';

export interface RoundOptions {
  shape: Shape;
  seed: number;
  /**
   * The faults of a lane are injected one after the other. A single lane waits each time until all is well again; several
   * do not, and break the system at the same time.
   */
  lanes: readonly Iterable<FaultName>[];
  /** 1: faults last as long as they usually do; less: shorter. */
  pace: number;
  /** Events that are sent in a second. */
  perSecond: number;
  say: (line: string) => void;
}

export interface RoundResult {
  injections: Injection[];
  lives: Life[];
  findings: Finding[];
  acceptedEvents: number;
  /** What Redis held before the load, at most (as far as it was seen), and at rest. In bytes. */
  redisMemory: { before: number; most: number; after: number };
}

/** How long a system may take to end what it has accepted, once nothing more goes wrong. */
const REST_LIMIT_MS = 180_000;
const LEFTOVERS_LIMIT_MS = 30_000;
/** What finished jobs and changes that are kept for people to look at may take. */
const KEPT_MEMORY_BYTES = 24 * 1_048_576;
const WATCH_PAUSE_MS = 5_000;
const RECOVERY = { timeoutMs: 60_000, intervalMs: 250 };

/** Starts a system, breaks it again and again under load, lets it come to rest, and audits what came of everything. */
export async function playRound(options: RoundOptions): Promise<RoundResult> {
  await using stage = await setStage(options.shape, sayErrors(options.say));
  const { result, ...audited } = await underLoad(stage, options, (scene) =>
    Promise.all(options.lanes.map((faults) => inject({ ...scene, faults, ...options }))),
  );
  return { ...audited, injections: (result ?? []).flat() };
}

/** What is going on while something happens to a system. */
interface Scene {
  stage: Stage;
  ledger: Ledger;
  statuses: StatusWatch;
  /** Some of the executions that were created until then (ms since 1970) and have not ended. */
  unended: (until: number) => Promise<Execution[]>;
}

/**
 * Has producers send events while something happens to the system, lets it come to rest, and audits what came of it all.
 * `result`: of what happened; undefined if the producers ended before it, as they do when one is refused.
 */
export async function underLoad<Result>(
  stage: Stage,
  { seed, perSecond, say }: Pick<RoundOptions, 'seed' | 'perSecond' | 'say'>,
  happen: (scene: Scene) => Promise<Result>,
): Promise<Omit<RoundResult, 'injections'> & { result: Result | undefined }> {
  const { apiUrl, apiUrls, apiKey } = stage.system;
  const client = new GantryClient({ url: apiUrl, apiKey, retry: { attempts: 20 } });
  const cast = await makeCast(client, stage.marks);
  const ledger = new Ledger();
  const statuses = new StatusWatch();
  const memory = { before: await memoryOf(stage.redis.directUrl), most: 0, after: 0 };

  const load = new AbortController();
  const { signal } = load;
  const working = Promise.all([
    produce({ apiUrls, apiKey, projectId: cast.projectId, ledger, seed, perSecond, signal }),
    watch(client, statuses, signal),
    watchMemory(stage, memory, signal),
  ]);
  const happening = happen({ stage, ledger, statuses, unended: (until) => unfinished(client, until) });
  const result = await Promise.race([happening, working.then(() => undefined)]).finally(() => load.abort());
  await working;
  say(`${ledger.events.length} events accepted, ${ledger.unanswered} never answered; waiting for the rest`);
  await stopTicking(client, cast);
  const executions = await comeToRest(client);
  statuses.see(executions);
  memory.after = await memoryOf(stage.redis.directUrl);

  const marks = new Set((await readFile(stage.marks, 'utf8')).trim().split('\n'));
  const findings = [
    ...audit({ ledger, executions, scenarios: cast.scenarios, marks }),
    ...statuses.findings,
    ...(await leftoversAtRest(stage)),
    ...tooMuchMemory(memory),
  ];
  const lives = [...executions.map(lifeOf), ...livesOfLost(findings, ledger)];
  return { result, lives, findings, acceptedEvents: ledger.events.length, redisMemory: memory };
}

/** For a stage: says the errors that its apps write. */
export function sayErrors(say: (line: string) => void): (name: string, line: string) => void {
  return (name, line) => {
    const error = errorIn(line);
    if (error !== undefined) say(`  ${name}: ${error}`);
  };
}

interface Lane extends Scene, Omit<RoundOptions, 'shape'> {
  faults: Iterable<FaultName>;
}

async function inject({
  stage,
  ledger,
  statuses,
  faults,
  lanes,
  seed,
  pace,
  unended,
  say,
}: Lane): Promise<Injection[]> {
  const isAlone = lanes.length === 1;
  const dice = new Dice(seed);
  const last = lasting(dice, pace);
  const injections: Injection[] = [];
  for (const fault of faults) {
    await last(2, 5);
    const from = Date.now();
    await FAULTS[fault]({ stage, ledger, statuses, dice, last });
    const to = Date.now();
    injections.push({ fault, from, to, isAlone });
    say(`${fault}, for ${((to - from) / 1_000).toFixed(1)} s`);
    if (isAlone) await recovery(() => unended(to), say);
  }
  return injections;
}

/** Resolves when all is well again, or when that takes too long, which is said: the audit judges it in the end. */
async function recovery(unended: () => Promise<Execution[]>, say: (line: string) => void): Promise<void> {
  let waiting: Execution[] = [];
  const isWell = async () => {
    waiting = await unended();
    return waiting.length === 0;
  };
  await waitFor(isWell, RECOVERY).catch(() => {
    const named = waiting.map(({ id, status, createdOn }) => `${id} ${status} since ${createdOn}`);
    say(`not well after ${RECOVERY.timeoutMs / 1_000} s: ${named.join(', ')}`);
  });
}

async function watch(client: GantryClient, statuses: StatusWatch, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const executions = await all(client).catch(() => []); // the record is away
    statuses.see(executions);
    await delay(WATCH_PAUSE_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function watchMemory({ redis }: Stage, memory: { most: number }, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    memory.most = Math.max(memory.most, await memoryOf(redis.directUrl));
    await delay(1_000, undefined, { signal }).catch(() => undefined);
  }
}

async function all(client: GantryClient): Promise<Execution[]> {
  return Array.fromAsync(client.executions.iterate({ sort: 'createdOn,asc' }));
}

/** All executions, once none is unfinished, or when that takes too long. */
async function comeToRest(client: GantryClient): Promise<Execution[]> {
  const isAtRest = async () => (await unfinished(client, Date.now())).length === 0;
  await waitFor(isAtRest, { timeoutMs: REST_LIMIT_MS, intervalMs: 500 }).catch(() => undefined); // the audit tells
  return all(client);
}

const UNFINISHED = "status in ('REQUESTED', 'PENDING', 'RUNNING', 'CANCELLING', 'PENDING_REPROCESSING')";

/** The oldest of them. */
async function unfinished(client: GantryClient, createdUntil: number): Promise<Execution[]> {
  const filter = [UNFINISHED, `createdOn le '${new Date(createdUntil).toISOString()}'`];
  return (await client.executions.list({ filter, sort: 'createdOn,asc', pageSize: 5 })).content;
}

async function leftoversAtRest({ redis }: Stage): Promise<Finding[]> {
  let found: Finding[] = [];
  const isClean = async () => {
    found = await leftovers(redis.directUrl);
    return found.length === 0;
  };
  await waitFor(isClean, { timeoutMs: LEFTOVERS_LIMIT_MS, intervalMs: 1_000 }).catch(() => undefined);
  return found;
}

function tooMuchMemory({ before, after }: { before: number; after: number }): Finding[] {
  if (after <= before + KEPT_MEMORY_BYTES) return [];
  return [{ problem: 'stuck', says: `Redis holds ${after} bytes, ${before} before the load` }];
}

function lifeOf({ id, createdOn, endDate }: Execution): Life {
  return { id, from: Date.parse(createdOn), to: endDate === null ? undefined : Date.parse(endDate) };
}

function livesOfLost(findings: readonly Finding[], { events }: Ledger): Life[] {
  const lost = new Set(findings.filter(({ problem }) => problem === 'lost').map(({ executionId }) => executionId));
  return events.flatMap(({ executionIds, acceptedAt }) =>
    executionIds.filter((id) => lost.has(id)).map((id) => ({ id, from: acceptedAt, to: undefined })),
  );
}
