import { EXECUTION_STATUSES } from '@gantry/domain/status';
import { STEP_STATUSES } from '@gantry/domain/step-status';
import type { Json } from '@gantry/domain/json';
import fc from 'fast-check';
import { INSTANTS, NUMBERS, type RandomExecution, STATUSES, TEXTS, UUIDS } from './random-executions.ts';

/** A filter as a client may write it, and by the definition of the language, without SQL, which executions it selects. */
export interface Sentence {
  readonly text: string;
  readonly holds: (execution: RandomExecution) => boolean;
}

type Value = string | number | boolean;

/** A literal: its value, and a way to write it. */
interface Written {
  readonly value: Value;
  readonly text: string;
}

/** A field: its values in an execution, none when it is missing, and the literals that may be compared with it. */
interface Kind {
  readonly literal: fc.Arbitrary<Written>;
  readonly ordered: boolean;
  readonly patterns: boolean;
}

const oneOf = <T>(values: readonly T[]) => fc.constantFrom(...values);

function quoted(value: string): fc.Arbitrary<string> {
  return fc.tuple(oneOf(["'", '"']), fc.boolean()).map(([quote, doubled]) => {
    const escaped = value.replaceAll('\\', '\\\\').replaceAll(quote, doubled ? quote + quote : `\\${quote}`);
    return quote + escaped + quote;
  });
}

function spelled(value: string): fc.Arbitrary<string> {
  const mayBeBare = /^[a-z*][\w.:/*%-]*$/i.test(value) && !/^(null|true|false|and|or)$/i.test(value);
  return mayBeBare ? fc.oneof(fc.constant(value), quoted(value)) : quoted(value);
}

function written<T extends Value>(value: fc.Arbitrary<T>, spell: (value: T) => fc.Arbitrary<string>) {
  return value.chain((value) => spell(value).map((text): Written => ({ value, text })));
}

const anyCase = (word: string) => oneOf([word, word.toLowerCase()]);
const bare = (value: Value) => fc.constant(String(value));

const textLiteral = written(oneOf(TEXTS), spelled);
const uuidLiteral = written(oneOf(UUIDS), (id) => anyCase(id).chain((text) => fc.oneof(fc.constant(text), quoted(text))));
const numberLiteral = written(oneOf(NUMBERS), bare);
const booleanLiteral = written(fc.boolean(), (value) => anyCase(String(value)));
const dateLiteral = written(oneOf(INSTANTS), (ms) => {
  const utc = new Date(ms).toISOString();
  const ahead = new Date(ms + 7_200_000).toISOString();
  return oneOf([utc, utc.replace('Z', ''), utc.replace('Z', '789Z'), ahead.replace('Z', '+02:00')]).chain((text) =>
    fc.oneof(fc.constant(text), quoted(text)),
  );
});
function wordLiteral(words: Readonly<Record<string, number>>): fc.Arbitrary<Written> {
  return oneOf(Object.entries(words)).chain(([word, value]) =>
    fc.oneof(anyCase(word).chain(spelled), bare(value)).map((text) => ({ value, text })),
  );
}

const text: Kind = { literal: textLiteral, ordered: true, patterns: true };
const uuid: Kind = { literal: uuidLiteral, ordered: true, patterns: true };
const number: Kind = { literal: numberLiteral, ordered: true, patterns: false };
const boolean: Kind = { literal: booleanLiteral, ordered: false, patterns: false };
const date: Kind = { literal: dateLiteral, ordered: true, patterns: false };
const status: Kind = {
  literal: wordLiteral(Object.fromEntries(Object.entries(EXECUTION_STATUSES).map(([word, { value }]) => [word, value]))),
  ordered: true,
  patterns: false,
};
const stepStatus: Kind = { literal: wordLiteral(STEP_STATUSES), ordered: true, patterns: false };
const jsonLiteral = fc.oneof(textLiteral, numberLiteral, booleanLiteral);
const json: Kind = { literal: jsonLiteral, ordered: true, patterns: true };

const COLUMNS: Readonly<Record<string, readonly [column: string, kind: Kind]>> = {
  id: ['id', uuid],
  uuid: ['id', uuid],
  changeSequence: ['change_sequence', number],
  createdOn: ['created_at', date],
  updatedOn: ['updated_at', date],
  description: ['description', text],
  organizationId: ['organization_id', uuid],
  projectId: ['project_id', uuid],
  assistantId: ['assistant_id', uuid],
  documentFamilyId: ['document_family_id', text],
  parentExecutionId: ['parent_execution_id', uuid],
  eventId: ['event_id', uuid],
  reprocessOf: ['reprocess_of', uuid],
  duplicateOf: ['duplicate_of', uuid],
  status: ['status', status],
  priority: ['priority', number],
  startDate: ['started_at', date],
  endDate: ['finished_at', date],
  processingTime: ['processing_time_ms', number],
  loggingEnabled: ['logging_enabled', boolean],
  deleteLoggingOnSuccess: ['delete_logging_on_success', boolean],
  targets: ['targets', text],
  session: ['session', text],
};
