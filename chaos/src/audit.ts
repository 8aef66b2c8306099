import type { Execution, Step } from '@gantry/contracts/http/execution';
import { MAX_CATCH_UP } from '@gantry/domain/schedule';
import { isFinished } from '@gantry/domain/status';
import type { Finding } from './finding.ts';
import type { Ledger } from './ledger.ts';
import { LIMIT_AT_ONCE, SCENARIOS, type ScenarioName } from './scenarios.ts';

/** What the audit looks at of an execution. */
export type Audited = Pick<
  Execution,
  | 'id'
  | 'status'
  | 'assistantId'
  | 'eventId'
  | 'reprocessOf'
  | 'parentExecutionId'
  | 'context'
  | 'exceptionDetails'
  | 'createdOn'
  | 'startDate'
  | 'endDate'
> & { pipeline: { steps: readonly Pick<Step, 'ref' | 'status'>[] } };

/** Everything the audit goes by, read once the system has come to rest. */
export interface Evidence {
  ledger: Ledger;
  /** All executions, as the api lists them. */
  executions: readonly Audited[];
  /** Which scenario an assistant plays. */
  scenarios: ReadonlyMap<string, ScenarioName>;
  /** `execution step` of every mark that a step left outside of the engine. */
  marks: ReadonlySet<string>;
}

/** Holds what came of it against what was promised. */
export function audit(evidence: Evidence): Finding[] {
  return [
    ...lost(evidence),
    ...evidence.executions.flatMap((execution) => [
      ...wrongEnd(execution, evidence),
      ...withoutEffect(execution, evidence),
    ]),
    ...doubled(evidence),
    ...missedTicks(evidence),
    ...sameKeyAtOnce(evidence),
    ...tooManyAtOnce(evidence),
  ];
}

function* lost({ ledger, executions }: Evidence): Generator<Finding> {
  const known = new Set(executions.map(({ id }) => id));
  const promised = [...ledger.events.flatMap(({ executionIds }) => executionIds), ...ledger.replacements];
  for (const executionId of promised) {
    if (!known.has(executionId)) yield { problem: 'lost', executionId, says: 'is not in the record' };
  }
  for (const { scenario, executionIds } of ledger.events) {
    if (executionIds.length === 0)
      yield { problem: 'lost', says: `an event of ${scenario} was accepted without execution` };
  }
}

const REPLACED = ['PENDING_REPROCESSING', 'REPROCESSED'];

function* wrongEnd(execution: Audited, { ledger, scenarios }: Evidence): Generator<Finding> {
  const { id: executionId, status, assistantId, exceptionDetails } = execution;
  if (!isFinished(status) || status === 'PENDING_REPROCESSING') {
    return yield { problem: 'stuck', executionId, says: `is still ${status}` };
  }
  const says = `of ${scenarios.get(assistantId ?? '')} is ${status} ${JSON.stringify(exceptionDetails)}`;
  if (ledger.cancelled.has(executionId)) {
    if (status !== 'CANCELLED') yield { problem: 'wrong', executionId, says: `${says} although it was cancelled` };
    return;
  }
  if (status === 'SKIPPED' || REPLACED.includes(status)) return;
  const scenario = scenarios.get(assistantId ?? '');
  if (scenario === 'cancelled' && status === 'CANCELLED') return; // the answer to its cancel got lost
  if (scenario === undefined || status !== SCENARIOS[scenario].ends) yield { problem: 'wrong', executionId, says };
}

/** A step that succeeded has run. */
function* withoutEffect({ id: executionId, pipeline }: Audited, { marks }: Evidence): Generator<Finding> {
  for (const [index, { ref, status }] of pipeline.steps.entries()) {
    if (ref.endsWith('chaos/effect') && status === 'SUCCEEDED' && !marks.has(`${executionId} ${index}`)) {
      yield { problem: 'wrong', executionId, says: `its step ${index} succeeded without having run` };
    }
  }
}

/** One event, tick or emission makes one execution. */
function* doubled({ executions, scenarios }: Evidence): Generator<Finding> {
  const causes = new Map<string, number>();
  for (const { eventId, reprocessOf, assistantId, parentExecutionId, context } of executions) {
    if (reprocessOf !== null || eventId === null) continue;
    const scenario = scenarios.get(assistantId ?? '');
    const cause =
      scenario === 'ticking' ? String(context['scheduleSlot']) : scenario === 'child' ? parentExecutionId : eventId;
    causes.set(`${scenario} ${cause}`, (causes.get(`${scenario} ${cause}`) ?? 0) + 1);
  }
  for (const [cause, count] of causes) if (count > 1) yield { problem: 'doubled', says: `${cause} made ${count}` };
  const parents = executions.filter(({ assistantId, status }) => isOf('parent', assistantId) && status === 'SUCCEEDED');
  for (const { id } of parents) {
    if (!causes.has(`child ${id}`))
      yield { problem: 'lost', executionId: id, says: 'has emitted an event that made no child' };
  }

  function isOf(name: ScenarioName, assistantId: string | null): boolean {
    return scenarios.get(assistantId ?? '') === name;
  }
}

const TICK_MS = 1_000;

/** Every second between the first tick and the last has its own, but for those before the newest hundred of a long outage. */
function* missedTicks({ executions, scenarios }: Evidence): Generator<Finding> {
  const ticks = executions
    .filter(({ assistantId }) => scenarios.get(assistantId ?? '') === 'ticking')
    .map(({ context, createdOn }) => ({ slot: Date.parse(String(context['scheduleSlot'])), createdOn }))
    .sort((a, b) => a.slot - b.slot);
  const together = Map.groupBy(ticks, ({ createdOn }) => createdOn);
  for (const [index, { slot, createdOn }] of ticks.entries()) {
    const before = ticks[index - 1];
    if (before === undefined || slot - before.slot <= TICK_MS) continue;
    if (together.get(createdOn)?.length === MAX_CATCH_UP) continue;
    const says = `no tick between ${before.slot}, created ${before.createdOn}, and ${slot}, created ${createdOn}`;
    yield { problem: 'lost', says };
  }
}

/** Of executions with the same deduplication key one at most is run at a time. */
function* sameKeyAtOnce({ ledger, executions }: Evidence): Generator<Finding> {
  const keys = new Map(
    ledger.events.flatMap(({ executionIds, deduplicationKey }) => executionIds.map((id) => [id, deduplicationKey])),
  );
  for (const [key, all] of Map.groupBy(executions, ({ id }) => keys.get(id))) {
    if (key === undefined) continue;
    const lives = all
      .filter(({ status }) => status !== 'SKIPPED')
      .map(({ startDate, endDate }) => ({ from: startDate, to: endDate }));
    if (mostAtOnce(lives) > 1) yield { problem: 'doubled', says: `${mostAtOnce(lives)} with the key ${key} at once` };
  }
}

function* tooManyAtOnce({ executions, scenarios }: Evidence): Generator<Finding> {
  const limited = executions.filter(({ assistantId }) => scenarios.get(assistantId ?? '') === 'limited');
  const most = mostAtOnce(limited.map(({ startDate, endDate }) => ({ from: startDate, to: endDate })));
  if (most > LIMIT_AT_ONCE)
    yield { problem: 'wrong', says: `${most} of an assistant limited to ${LIMIT_AT_ONCE} ran at once` };
}

/** How many of the spans (ISO instants) overlap, at most. Spans without a beginning or an end do not count. */
function mostAtOnce(spans: readonly { from: string | null; to: string | null }[]): number {
  const changes = spans
    .flatMap(({ from, to }) =>
      from && to
        ? [
            { at: from, by: 1 },
            { at: to, by: -1 },
          ]
        : [],
    )
    .sort((a, b) => a.at.localeCompare(b.at) || a.by - b.by);
  let now = 0;
  let most = 0;
  for (const { by } of changes) {
    now += by;
    most = Math.max(most, now);
  }
  return most;
}
