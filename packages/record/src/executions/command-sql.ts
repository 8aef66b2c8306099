import { type Command, decide, statusesFor } from '@gantry/domain/command';
import { type ExecutionStatus, statusValue, statusValues } from '@gantry/domain/status';
import { type RawBuilder, sql } from 'kysely';

/** The numbers of the statuses that a command changes, or only of those that it changes to `to`. */
export function heeding(command: Command, to?: ExecutionStatus): number[] {
  return statusValues(statusesFor(command, to));
}

/** What a command makes of the status of a row that heeds it. */
export function becoming(command: Command): RawBuilder<number> {
  const cases = statusesFor(command).map((status) => {
    const becomes = decide(command, status) ?? status;
    return `when ${statusValue(status)} then ${statusValue(becomes)}`;
  });
  return sql.raw(`(case status ${cases.join(' ')} end)::smallint`);
}
