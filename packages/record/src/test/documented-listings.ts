import { sortableFields } from '../filter/field-table.ts';
import { nthId } from './large-record.ts';
import { LISTS, type Listing } from './listed-plans.ts';

/** By these a list is sorted as a whole, as docs/queries.md says. */
const SORTED_AS_A_WHOLE = [
  ...['changeSequence', 'description', 'documentFamilyId', 'loggingEnabled', 'deleteLoggingOnSuccess'],
  ...['documentStatus', 'locked', 'storeId'],
];
const FAMILY_IDS = 'id';

const ASSISTANT = '01980000-0000-7000-a000-000000000011';
const PROJECT = '01980000-0000-7000-9000-000000000011';

/** Each page that docs/queries.md says is read from an index. @param executions how many the record has */
export function documentedListings(executions: number): Listing[] {
  const at = (n: number) => new Date(1_735_689_600_000 + n * 1_000).toISOString();
  const late = at(executions - 200);
  const filters = {
    executions: [
      ...['id', 'uuid', 'documentFamilyId', 'parentExecutionId', 'reprocessOf', 'duplicateOf'].map(
        (field) => `${field} eq '${nthId(6_300)}'`,
      ),
      `eventId eq '${nthId(100_004_711)}'`,
      `assistantId eq '${ASSISTANT}'`,
      `assistantId eq '${ASSISTANT}' and status eq 'FAILED'`,
      `projectId eq '${PROJECT}'`,
      `projectId eq '${PROJECT}' and status eq 'FAILED'`,
      "status eq 'FAILED'",
      "status in ('PENDING','RUNNING')",
      "not (status eq 'SUCCEEDED')",
      `status eq 'FAILED' and createdOn ge '${at(executions / 2)}'`,
      ...['createdOn', 'updatedOn', 'startDate', 'endDate'].flatMap((field) => [
        `${field} ge '${late}'`,
        `${field} lt '${at(200)}'`,
      ]),
      'endDate is null',
      'processingTime gt 898000',
      'processingTime lt 1000',
      'priority ge 7',
      'priority gt 7',
      "context.customer eq 'C701'",
      "context.invoice.number in ('INV-4711', 'INV-4712')",
      "context.eventType eq 'CONTENT_CREATED'",
      'parameters.batch eq 7',
      "pipeline.ref eq 'acme/extract-711'",
      "steps.ref eq 'acme/extract-711'",
      "steps.ref eq 'gantry/noop'",
      "steps.status eq 'FAILED'",
      "description like '*customer 701,*'",
      `context.customer eq 'C701' or description like '*customer 701,*' or id eq '${nthId(4_711)}'`,
    ],
    families: [
      `id eq '${nthId(4_711)}'`,
      `projectId eq '${PROJECT}'`,
      "storeId eq 's3'",
      ...['createdOn', 'updatedOn'].map((field) => `${field} ge '${late}'`),
      "labels eq 'customer-711'",
      "labels eq 'processed'",
      "metadata.number eq 'INV-4711'",
      "path like '*/711/*'",
      "path like 'in/11/*'",
    ],
  };
  const queries = {
    executions: [nthId(4_711), ASSISTANT, 'customer 701,', 'letter-2307'],
    families: [nthId(4_711), 'in/11/', 'letter-2307'],
  };
  return (['executions', 'families'] as const).flatMap((list): Listing[] => [
    ...filters[list].map((filter) => ({ list, filter })),
    ...queries[list].map((query) => ({ list, query })),
    ...sortedBy(list).flatMap((field) => ['asc', 'desc'].map((direction) => ({ list, sort: `${field},${direction}` }))),
  ]);
}

function sortedBy(list: Listing['list']): string[] {
  const without = list === 'families' ? [...SORTED_AS_A_WHOLE, FAMILY_IDS] : SORTED_AS_A_WHOLE;
  return sortableFields(LISTS[list].fields).filter((field) => !without.includes(field));
}
