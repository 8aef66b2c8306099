import type { Json } from '@gantry/domain/json';
import { refSpellings } from '@gantry/domain/module-ref';
import { EXECUTION_STATUSES } from '@gantry/domain/status';
import { STEP_STATUSES, untouchedStep } from '@gantry/domain/step-status';
import fc from 'fast-check';
import { INSTANTS, NUMBERS, type RandomExecution, statusOf, TEXTS, UUIDS } from './random-executions.ts';

export type Value = string | number | boolean;
export type Literal = fc.Arbitrary<{ readonly value: Value; readonly text: string }>;

/** The literals that a kind of field may be compared with, each spelled in one of its ways. */
interface Kind {
  readonly equal: Literal;
  readonly order?: Literal;
  readonly like?: true;
}

export const oneOf = <T>(values: readonly T[]) => fc.constantFrom(...values);
export const anyCase = (word: string) => oneOf([word, word.toLowerCase(), word.toUpperCase()]);

function quoted(value: string): fc.Arbitrary<string> {
  return fc.tuple(oneOf(["'", '"']), fc.boolean()).map(([quote, doubled]) => {
    const escaped = value.replaceAll('\\', '\\\\').replaceAll(quote, doubled ? quote + quote : `\\${quote}`);
    return quote + escaped + quote;
  });
}

export function bareOrQuoted(value: string): fc.Arbitrary<string> {
  const mayBeBare = /^[a-z*0-9][\w.:/*%+-]*$/i.test(value) && !/^(null|true|false|and|or|\d+)$/i.test(value);
  return mayBeBare ? fc.oneof(fc.constant(value), quoted(value)) : quoted(value);
}

function literal<T extends Value>(values: readonly T[], spell: (value: T) => fc.Arbitrary<string>): Literal {
  return oneOf(values).chain((value) => spell(value).map((text) => ({ value, text })));
}

function wordLiteral(words: Readonly<Record<string, number>>): Literal {
  const entries = new Map(Object.entries(words).map(([word, value]) => [value, word]));
  return literal([...entries.keys()], (value) =>
    fc.oneof(anyCase(entries.get(value) ?? '').chain(bareOrQuoted), fc.constant(String(value))),
  );
}

const textLiteral = literal(TEXTS, bareOrQuoted);
const uuidLiteral = literal(UUIDS, (id) => anyCase(id).chain(bareOrQuoted));
const numberLiteral = literal(NUMBERS, (number) => fc.constant(String(number)));
const booleanLiteral = literal([true, false], (value) => anyCase(String(value)));
const dateLiteral = literal(INSTANTS, (ms) => {
  const utc = new Date(ms).toISOString();
  const ahead = new Date(ms + 7_200_000).toISOString().replace('Z', '+02:00');
  return oneOf([utc, utc.replace('Z', ''), utc.replace('Z', '789Z'), ahead]).chain(bareOrQuoted);
});
const statusNumbers = Object.fromEntries(Object.entries(EXECUTION_STATUSES).map(([word, { value }]) => [word, value]));

const text: Kind = { equal: textLiteral, order: textLiteral, like: true };
const uuid: Kind = { equal: fc.oneof(uuidLiteral, uuidLiteral, textLiteral), order: uuidLiteral, like: true };
const number: Kind = { equal: numberLiteral, order: numberLiteral };
const boolean: Kind = { equal: booleanLiteral };
const date: Kind = { equal: dateLiteral, order: dateLiteral };
const status: Kind = { equal: wordLiteral(statusNumbers), order: wordLiteral(statusNumbers) };
const stepStatus: Kind = { equal: wordLiteral(STEP_STATUSES), order: wordLiteral(STEP_STATUSES) };
const json: Kind = {
  equal: fc.oneof(textLiteral, numberLiteral, booleanLiteral),
  order: fc.oneof(textLiteral, numberLiteral),
  like: true,
};

/** A field and its values in an execution: none when it is null or missing. */
export interface Field {
  readonly name: string;
  readonly kind: Kind;
  readonly values: (execution: RandomExecution) => Json[];
}

function column(name: string, kind: Kind, columnName: string): Field {
  const read = (value: Json | undefined) => (kind === date && typeof value === 'string' ? Date.parse(value) : value);
  return { name, kind, values: ({ row }) => present(read(row[columnName])) };
}

function path(name: string): Field {
  const keys = name.split('.');
  return { name, kind: json, values: ({ row }) => present(keys.reduce<Json | undefined>(below, row)) };
}

function below(value: Json | undefined, key: string): Json | undefined {
  if (Array.isArray(value)) return /^-?\d+$/.test(key) ? value.at(Number(key)) : undefined;
  return typeof value === 'object' && value !== null ? value[key] : undefined;
}

function present(value: Json | undefined): Json[] {
  return value === undefined || value === null ? [] : [value];
}

export const FIELDS: readonly Field[] = [
  column('id', uuid, 'id'),
  column('uuid', uuid, 'id'),
  column('changeSequence', number, 'change_sequence'),
  column('createdOn', date, 'created_at'),
  column('updatedOn', date, 'updated_at'),
  column('description', text, 'description'),
  column('organizationId', uuid, 'organization_id'),
  column('projectId', uuid, 'project_id'),
  column('assistantId', uuid, 'assistant_id'),
  column('documentFamilyId', text, 'document_family_id'),
  column('parentExecutionId', uuid, 'parent_execution_id'),
  column('eventId', uuid, 'event_id'),
  column('reprocessOf', uuid, 'reprocess_of'),
  column('duplicateOf', uuid, 'duplicate_of'),
  column('status', status, 'status'),
  column('priority', number, 'priority'),
  column('startDate', date, 'started_at'),
  column('endDate', date, 'finished_at'),
  column('processingTime', number, 'processing_time_ms'),
  column('loggingEnabled', boolean, 'logging_enabled'),
  column('deleteLoggingOnSuccess', boolean, 'delete_logging_on_success'),
  column('targets', text, 'targets'),
  column('session', text, 'session'),
  ...['context.a', 'context.b', 'context.b.c', 'context.list.0', 'context.list.-1', 'context.my-key'].map(path),
  ...['context.missing', 'parameters.a', 'parameters.b.c'].map(path),
  { name: 'pipeline.ref', kind: text, values: ({ row }) => pipelineRefs(row['pipeline']) },
  { name: 'steps.ref', kind: text, values: ({ row }) => pipelineRefs(row['pipeline']) },
  { name: 'steps.status', kind: stepStatus, values: stepStatuses },
];

function stepStatuses({ row, steps }: RandomExecution): Json[] {
  const begun = steps.map(({ status }) => status);
  const defined = below(row['pipeline'], 'steps');
  if (!Array.isArray(defined) || defined.length === steps.length) return begun;
  return [...begun, STEP_STATUSES[untouchedStep(statusOf(row))]];
}

function pipelineRefs(pipeline: Json | undefined): Json[] {
  const steps = below(pipeline, 'steps');
  if (!Array.isArray(steps)) return [];
  return steps.flatMap((step) => present(below(step, 'ref'))).flatMap((ref) => refSpellings(String(ref)));
}

/** "C" collation orders texts by their UTF-8. */
export function compare(value: Json, other: Value): number {
  if (typeof value === 'string' && typeof other === 'string')
    return Buffer.compare(Buffer.from(value), Buffer.from(other));
  return typeof value === 'number' && typeof other === 'number' ? value - other : Number.NaN;
}
