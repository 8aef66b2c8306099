import { parseFilter } from '@gantry/domain/filter/parse-filter';
import { subjectOf, type WebhookEvent } from '@gantry/domain/webhook-event';
import { FILTERED_BY } from '@gantry/record/webhooks/webhook-fields';
import { badField } from '../http/api-error.ts';

/**
 * A filter is of the list of what the events are about.
 * @throws ApiError BAD_REQUEST @throws FilterError
 */
export function checkFilter(filter: string | null, events: readonly WebhookEvent[]): void {
  if (filter === null || filter.trim() === '') return;
  const subject = subjectOf(events);
  if (subject === undefined) throw badField('filter', 'only together with events that are about things of one kind');
  parseFilter([filter], FILTERED_BY[subject]);
}
