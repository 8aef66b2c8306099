import type { RuntimeLoad } from '@gantry/dispatch/runtime-load';
import type { AlertCondition } from '@gantry/domain/alert';
import { findFailingAssistant, someSucceeded } from '@gantry/record/alerts/executions-lately';
import type { Database } from '@gantry/record/connection/database';
import { listRuntimes } from '@gantry/record/modules/list-runtimes';
import type { Row } from '@gantry/record/schema/tables';

interface Looking {
  db: Database;
  readLoads: (runtimes: readonly string[]) => Promise<RuntimeLoad[]>;
  now: number;
}

/** @returns what is so of what an alert watches for, in a sentence; undefined: it is not */
export async function findCondition(alert: Row<'alerts'>, looking: Looking): Promise<string | undefined> {
  const { condition } = alert;
  switch (condition.kind) {
    case 'assistant-failing': {
      const failing = await findFailingAssistant(looking.db, alert, condition);
      return (
        failing && `${failing.failed} executions of "${failing.name}" failed within ${minutes(condition.minutes)}.`
      );
    }
    case 'nothing-succeeded': {
      const fine = await someSucceeded(looking.db, alert, condition);
      return fine ? undefined : `No execution succeeded for ${minutes(condition.minutes)}.`;
    }
    case 'waiting': {
      const since = looking.now - condition.seconds * 1_000;
      const late = (await loadsOf(alert, condition, looking)).find(
        ({ oldestAt }) => oldestAt !== null && oldestAt < since,
      );
      if (late === undefined || late.oldestAt === null) return undefined;
      const seconds = Math.floor((looking.now - late.oldestAt) / 1_000);
      return `A slice has waited ${seconds} s for a worker of ${late.runtime}; ${late.waiting} wait.`;
    }
    case 'no-workers': {
      const named = condition.runtimeRef !== null;
      const unserved = (await loadsOf(alert, condition, looking)).find(
        ({ workers, waiting, delayed }) => workers === 0 && (named || waiting + delayed > 0),
      );
      return unserved && `No worker serves ${unserved.runtime}; ${unserved.waiting + unserved.delayed} slices wait.`;
    }
  }
}

async function loadsOf(
  { organization_id }: Row<'alerts'>,
  { runtimeRef }: Extract<AlertCondition, { runtimeRef: string | null }>,
  { db, readLoads }: Looking,
): Promise<RuntimeLoad[]> {
  return readLoads(runtimeRef === null ? await listRuntimes(db, organization_id) : [runtimeRef]);
}

function minutes(count: number): string {
  return count === 1 ? 'a minute' : `${count} minutes`;
}
