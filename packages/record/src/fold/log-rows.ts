import { createHash } from 'node:crypto';
import type { ExceptionDetails } from '@gantry/domain/exception-details';
import type { Fact, FactOf } from '@gantry/domain/fact';
import { LOG_LEVELS, type LogLevel } from '@gantry/domain/log-entry';
import { v7 as uuidv7 } from 'uuid';
import type { Row } from '../schema/tables.ts';

export type LogRow = Omit<Row<'execution_logs'>, 'logged_at'> & { logged_at: string };

/** What a fact adds to the log of its execution: what the step wrote, or what the engine has to say of its end. */
export function logRows(fact: Fact): LogRow[] {
  if (fact.kind === 'step-logged') {
    return fact.entries.map(({ id, at, level, text }) => row(fact, { id, at, level, text }));
  }
  const remark = remarkOn(fact);
  return remark ? [row(remark.fact, { id: remarkId(remark.fact), at: fact.at, ...remark })] : [];
}

interface Remark {
  fact: FactOf<'step-started' | 'step-retrying' | 'step-finished'>;
  level: LogLevel;
  text: string;
}

/** Of what goes well there is nothing to say. */
function remarkOn(fact: Fact): Remark | undefined {
  switch (fact.kind) {
    case 'step-started':
      return fact.stepAttempt > 1
        ? { fact, level: 'INFO', text: `Attempt ${fact.stepAttempt} begins on ${fact.workerId}.` }
        : undefined;
    case 'step-retrying': {
      const retryAt = new Date(fact.retryAt).toISOString();
      const text = `Attempt ${fact.stepAttempt} failed, the next one begins at ${retryAt}: ${said(fact.error)}`;
      return { fact, level: 'WARN', text };
    }
    case 'step-finished':
      return remarkOnEnd(fact);
    default:
      return undefined;
  }
}

function remarkOnEnd(fact: FactOf<'step-finished'>): Remark | undefined {
  const { status, error } = fact;
  switch (status) {
    case 'SUCCEEDED':
      return undefined;
    case 'SKIPPED':
      return error === null
        ? { fact, level: 'INFO', text: 'Skipped: its conditional does not hold.' }
        : { fact, level: 'WARN', text: `Skipped: ${said(error)}` };
    case 'FAILED':
      return { fact, level: 'ERROR', text: `Failed: ${said(error)}` };
    case 'CANCELLED':
      return { fact, level: 'WARN', text: `Cancelled: ${said(error)}` };
  }
}

function said(error: ExceptionDetails | null): string {
  return error === null ? '' : `${error.errorType}: ${error.message}`;
}

function row(
  fact: Pick<FactOf<'step-logged'>, 'executionId' | 'step'>,
  { id, at, level, text }: { id: string; at: number; level: LogLevel; text: string },
): LogRow {
  return {
    execution_id: fact.executionId,
    id,
    step: fact.step,
    level: LOG_LEVELS[level],
    logged_at: new Date(at).toISOString(),
    entry: text,
  };
}

/** After whatever the step itself wrote in that millisecond. */
const LAST_OF_THE_MILLISECOND = 0xffffffff;

/** The same each time the fact is folded. */
function remarkId({ executionId, epoch, slice, attempt, seq, at }: Remark['fact']): string {
  const random = createHash('sha256').update(`${executionId}.${epoch}.${slice}.${attempt}.${seq}`).digest();
  return uuidv7({ msecs: at, seq: LAST_OF_THE_MILLISECOND, random });
}
