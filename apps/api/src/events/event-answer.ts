import { isErrorCode } from '@gantry/contracts/error-catalogue';
import type { EventAnswer, TriggeredExecution } from '@gantry/contracts/http/event';
import type { IngestedExecution, IngestResult } from '@gantry/record/events/ingest-result';
import { ApiError } from '../http/api-error.ts';
import type { SettledEvent } from '../ingest-batcher.ts';

/** @throws what writing the event failed with, or ApiError saying why it was refused */
export function eventAnswer(settled: SettledEvent | undefined): EventAnswer {
  if (settled === undefined) throw new Error('an event has no result');
  if (settled.status === 'rejected') throw settled.reason;
  const result = settled.value;
  if (!result.ok) throw refusal(result);
  return {
    eventId: result.eventId,
    duplicate: result.duplicate,
    executions: result.executions.map(triggeredAnswer),
  };
}

export function triggeredAnswer({ duplicateOf, ...execution }: IngestedExecution): TriggeredExecution {
  return duplicateOf === null ? execution : { ...execution, duplicateOf };
}

/** Why the record refused an event, as clients read it. */
export function refusal({
  code,
  field,
  message,
}: Omit<Extract<IngestResult, { ok: false }>, 'code'> & { code: string }) {
  return new ApiError(
    isErrorCode(code) ? code : 'BAD_REQUEST',
    message,
    field === null ? {} : { errors: { [field]: message } },
  );
}
