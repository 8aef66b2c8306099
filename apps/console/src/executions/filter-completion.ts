/** What may come next in a filter, and which part of the text it replaces. */
export interface Completion {
  from: number;
  options: readonly string[];
}

const FIELDS: Readonly<Record<string, readonly string[]>> = {
  status: [],
  assistantId: [],
  createdOn: [],
  startDate: [],
  endDate: [],
  processingTime: [],
  priority: [],
  documentFamilyId: [],
  failureGroup: [],
  description: [],
  reprocessOf: [],
  'steps.ref': [],
  'steps.status': ['FAILED', 'RUNNING', 'SUCCEEDED', 'SKIPPED'],
  'context.eventType': ["'CONTENT_CREATED'", "'DOCUMENT_FAMILY_CREATED'", "'SCHEDULED'", "'ASSISTANT'"],
};

const OPERATORS = ['eq', 'ne', 'gt', 'ge', 'lt', 'le', 'like', 'in', 'is null', 'is not null'];

const MAX_OPTIONS = 8;

/** @param values by field: what it may be compared with, besides what the language itself says */
export function completeFilter(
  text: string,
  caret: number,
  values: Readonly<Record<string, readonly string[]>>,
): Completion {
  const before = text.slice(0, caret);
  const word = /[\w.'-]*$/.exec(before)?.[0] ?? '';
  const from = caret - word.length;
  const tokens = before.slice(0, from).match(/'[^']*'|[\w.-]+|[(),]/g) ?? [];
  const options = expected(tokens, values).filter(
    (option) => option.toLowerCase().startsWith(word.toLowerCase()) && option !== word,
  );
  return { from, options: options.slice(0, MAX_OPTIONS) };
}

function expected(tokens: readonly string[], values: Readonly<Record<string, readonly string[]>>): readonly string[] {
  let part: 'field' | 'operator' | 'value' | 'after' = 'field';
  let field = '';
  for (const token of tokens) {
    if (part === 'field' && token !== '(' && token !== 'not') {
      field = token;
      part = 'operator';
    } else if (part === 'operator') part = 'value';
    else if (part === 'value' && !['(', ',', 'not'].includes(token)) part = 'after';
    else if (part === 'after' && /^(and|or)$/i.test(token)) part = 'field';
    else if (part === 'after' && token === ',') part = 'value';
  }
  if (part === 'field') return Object.keys(FIELDS);
  if (part === 'operator') return OPERATORS;
  return part === 'after' ? ['and', 'or'] : [...(values[field] ?? []), ...(FIELDS[field] ?? [])];
}
