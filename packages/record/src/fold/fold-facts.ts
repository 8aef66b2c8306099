import type { Fact } from '@gantry/domain/fact';
import { fold } from '@gantry/domain/fold';
import { isFinished } from '@gantry/domain/status';
import type { Tx } from '../connection/database.ts';
import { together } from '../connection/together.ts';
import { type IngestOptions, ingestWithin } from '../events/ingest-events.ts';
import { settleReplacements } from '../reprocess/settle-replacements.ts';
import type { Listening } from '../webhooks/announce.ts';
import { announceEnded, whoListensToEnded } from '../webhooks/announced-executions.ts';
import { addDerivedContents } from './add-derived-contents.ts';
import { emittedEvents, type RefusedEvent } from './caused-events.ts';
import { completeFamilies } from './complete-families.ts';
import { discardOutputs } from './discard-outputs.ts';
import { type EndedExecution, endedExecutions } from './ended-executions.ts';
import { labelFamilies } from './label-families.ts';
import { loadExecutions } from './load-executions.ts';
import type { LoadedExecution } from './load-states.ts';
import { savingDurations } from './save-durations.ts';
import { logRefused, saveLogs } from './save-logs.ts';
import { saveModuleVersions } from './save-module-versions.ts';
import { saveSaid } from './save-said.ts';
import { type FoldedExecution, noteSaved, savingStates } from './save-states.ts';
import { saveWritten } from './save-written.ts';

export interface FoldResult {
  /** What this batch finished. */
  ended: EndedExecution[];
  /** Events caused by these that were not taken: they are too deep in a chain of causes, for one. */
  refused: RefusedEvent[];
}

/**
 * Folds a batch of facts into the record: the statuses, what a success means for document families and replaced
 * executions, and the events it caused. Folding the same batch again changes nothing.
 * @param loaded the executions, where this transaction has them already
 */
export async function foldFacts(
  tx: Tx,
  facts: readonly Fact[],
  options: IngestOptions,
  loaded?: ReadonlyMap<string, LoadedExecution>,
): Promise<FoldResult> {
  const byExecution = Map.groupBy(facts, (fact) => fact.executionId);
  const executions = loaded ?? (await loadExecutions(tx, facts));
  const folded = [...executions.values()].map((execution) => {
    const told = byExecution.get(execution.row.id) ?? [];
    return { ...execution, facts: told, after: fold(execution.state, told) };
  });
  const changed = folded.filter(({ state, after }) => state !== after);
  const ended = changed.filter(({ after }) => isFinished(after.status));
  const listening = await saveChanged(tx, changed, ended, options.now);
  await saveModuleVersions(tx, changed);
  await saveLogs(tx, folded);
  await saveSaid(tx, folded, options.now);
  await saveWritten(tx, changed);
  await addDerivedContents(tx, changed, options.now);
  await discardOutputs(tx, facts, folded);

  await settleReplacements(
    tx,
    ended.filter(({ row }) => row.replaces !== null).map(({ row }) => row.id),
    options.now,
  );
  const labelled = await labelFamilies(tx, changed, options.now);
  const completed = await completeFamilies(
    tx,
    ended.filter(({ after }) => after.status === 'SUCCEEDED'),
    options.now,
  );
  await announceEnded(
    tx,
    ended.map(({ row }) => row),
    options.now,
    listening,
  );
  const emitted = folded.flatMap(({ row, facts: told }) => emittedEvents(row, told));
  const caused = [...labelled, ...completed, ...emitted.filter((event) => 'externalId' in event)];
  const ingested = caused.length > 0 ? await ingestWithin(tx, caused, options) : [];
  const refused = emitted.filter((event): event is RefusedEvent => 'code' in event);
  for (const [index, result] of ingested.entries()) {
    const event = caused[index];
    if (result.ok || event?.parentExecutionId == null) continue;
    const { parentExecutionId: executionId, step, eventType } = event;
    refused.push({ executionId, step, eventType, code: result.code, message: result.message });
  }
  await logRefused(tx, folded, refused, options.now);
  tx.after.forget.push(...folded.filter(({ after }) => isFinished(after.status)).map(({ row }) => row.id));
  return { ended: endedExecutions(ended, options.now), refused };
}

/** @returns who is to hear of what has ended, asked at once with all that is written of every batch */
async function saveChanged(
  tx: Tx,
  changed: readonly FoldedExecution[],
  ended: readonly FoldedExecution[],
  now: Date,
): Promise<readonly Listening[]> {
  if (changed.length === 0) return [];
  const organizations = [...new Set(ended.map(({ row }) => row.organization_id))];
  const [saved, , listening] = await together(
    tx,
    savingStates(changed, now),
    savingDurations(changed),
    whoListensToEnded(organizations),
  );
  noteSaved(tx, changed, saved);
  return listening;
}
