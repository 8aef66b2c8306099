/**
 * Every error the HTTP API answers with: its stable code, its status, what it means and what to do about it.
 * docs/errors.md is written from this table. A code is never given another meaning.
 */
export const ERROR_CATALOGUE = {
  BAD_REQUEST: {
    status: 400,
    title: 'The request is not valid',
    advice: '`errors` names each field or parameter and what was expected of it.',
  },
  JSON_INVALID: {
    status: 400,
    title: 'The body is not JSON',
    advice: 'Send one JSON value in UTF-8, nested at most 100 levels deep.',
  },
  FILTER_INVALID: {
    status: 400,
    title: 'The filter cannot be read',
    advice: 'The message says at which column reading stopped and what was expected there.',
  },
  FILTER_FIELD_UNKNOWN: {
    status: 400,
    title: 'The filter names an unknown field',
    advice: 'The message names the field, its column and the fields there are.',
  },
  FILTER_TYPE_MISMATCH: {
    status: 400,
    title: 'A value or operator of the filter does not fit its field',
    advice: 'The message says what would fit.',
  },
  FILTER_TOO_LONG: { status: 400, title: 'The filter is too long', advice: 'Send at most 4,000 characters.' },
  FILTER_TOO_DEEP: {
    status: 400,
    title: 'The filter is nested too deeply',
    advice: 'Use at most 50 levels of brackets and negations.',
  },
  FILTER_TOO_MANY_TERMS: {
    status: 400,
    title: 'The filter has too many comparisons',
    advice:
      'Use at most 200; `in (...)` counts as one, a pattern as one for each `*`, and as five where the field is JSON.',
  },
  BULK_FILTER_REQUIRED: {
    status: 400,
    title: 'A filter is required',
    advice: 'Say which executions are meant; to mean all of them write a filter that all match.',
  },
  SORT_INVALID: {
    status: 400,
    title: 'The sort cannot be read',
    advice: 'Send `field,asc` or `field,desc`, at most 8 of them.',
  },
  SORT_FIELD_UNKNOWN: {
    status: 400,
    title: 'The sort names an unknown field',
    advice: 'The message lists the fields that can be sorted by.',
  },
  CURSOR_INVALID: {
    status: 400,
    title: 'The cursor does not fit the list',
    advice: 'Send the `nextCursor` of an answer with the same `sort`, or begin without a cursor.',
  },
  PROJECT_REQUIRED: {
    status: 400,
    title: 'The project is not known',
    advice: 'Send `projectId`, or name a store that belongs to a project.',
  },
  REQUEST_TIMEOUT: {
    status: 408,
    title: 'The body did not come',
    advice: 'Send it at 1 KiB in 15 s at least.',
  },
  REQUEST_HEAD_TOO_LARGE: {
    status: 431,
    title: 'The address and the headers are too long',
    advice: 'Send at most 16 KiB of them; a long filter can be made shorter with `in (...)`.',
  },
  UNAUTHORIZED: {
    status: 401,
    title: 'No valid API key',
    advice: 'Send a key as `x-api-key`, `x-access-token` or `Authorization: Bearer`; it may have been revoked.',
  },
  FORBIDDEN: {
    status: 403,
    title: 'The API key may not do this',
    advice: 'Use a key with the scope that the message names.',
  },
  MODULE_BUILT_IN: {
    status: 403,
    title: 'The module ships with Gantry',
    advice: 'It cannot be changed or removed; save a module of your own under another name.',
  },
  NAME_RESERVED: {
    status: 403,
    title: 'The name is reserved for other organizations',
    advice: 'Use another module or runtime, or have `RESERVED_NAMES` changed.',
  },
  NOT_FOUND: {
    status: 404,
    title: 'There is no such thing',
    advice: 'Check the path and the id; what belongs to another organization is not visible.',
  },
  OUTPUT_NOT_FOUND: {
    status: 404,
    title: 'The step has no output',
    advice: 'A step has one once it has succeeded; the message says how it stands.',
  },
  CALL_BACK_UNKNOWN: {
    status: 404,
    title: 'No step waits for this answer',
    advice: 'It was cancelled, or tried again, or its time is over; there is nothing more to do for it.',
  },
  SECRET_NOT_FOUND: {
    status: 404,
    title: 'There is no such secret',
    advice: 'Keep one of that name for the project or the organization; a finished execution has none.',
  },
  CONTENT_NOT_FOUND: {
    status: 404,
    title: 'The content is not kept here',
    advice: 'What only an event told of is kept where its producer has it; upload the file to have it here.',
  },
  PROJECT_NOT_FOUND: { status: 404, title: 'There is no such project', advice: 'Check `projectId`.' },
  ASSISTANT_NOT_FOUND: { status: 404, title: 'There is no such assistant', advice: 'Check the ids of assistants.' },
  PARENT_NOT_FOUND: {
    status: 404,
    title: 'There is no such parent execution',
    advice: 'Check `parentExecutionId`, or leave it out.',
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    title: 'The path does not know this method',
    advice: 'The header `Allow` lists those it knows.',
  },
  PROJECT_MISMATCH: {
    status: 409,
    title: 'The store belongs to another project',
    advice: 'Leave `projectId` out, or name a store of that project.',
  },
  EXECUTION_FINISHED: {
    status: 409,
    title: 'The execution is finished',
    advice: 'Nothing of it runs any more; reprocess its document family to run it again.',
  },
  EXECUTION_UNFINISHED: {
    status: 409,
    title: 'The execution is not finished',
    advice: 'Cancel it, or wait until it has finished.',
  },
  BULK_OPERATION_FINISHED: {
    status: 409,
    title: 'The bulk operation is finished',
    advice: 'What it has done cannot be taken back.',
  },
  CALL_BACK_ANSWERED: {
    status: 409,
    title: 'The step was answered before',
    advice: 'A step is answered once; the same answer may be sent again.',
  },
  EXECUTION_NOT_RUN: {
    status: 409,
    title: 'The execution did not run',
    advice: 'It is a duplicate: restart the execution in its `duplicateOf`.',
  },
  EXECUTION_BEING_REPLACED: {
    status: 409,
    title: 'The execution is being replaced',
    advice: 'Wait until its replacement has finished, or cancel that one first.',
  },
  STEP_NOT_REUSABLE: {
    status: 409,
    title: 'A step before it has no outcome',
    advice: 'Restart from the step that the message names, or from an earlier one.',
  },
  PIPELINE_DIFFERS: {
    status: 409,
    title: 'The pipeline is not what it was',
    advice: 'Restart from the step that the message names, or with the original pipeline.',
  },
  ASSISTANT_INACTIVE: {
    status: 409,
    title: 'The assistant is not active',
    advice: 'Activate it, or run it with `POST /api/executions`.',
  },
  CAUSE_TOO_DEEP: {
    status: 409,
    title: 'The chain of causes is too long',
    advice: 'Executions cause each other at most 16 deep: look for an assistant that triggers itself.',
  },
  FIELD_READ_ONLY: {
    status: 409,
    title: 'A field that cannot be changed was changed',
    advice: '`errors` names the fields; send them as they are or leave them out.',
  },
  STALE_CHANGE_SEQUENCE: {
    status: 409,
    title: 'It was changed in the meantime',
    advice: 'Read it again and repeat the change with its present `changeSequence`.',
  },
  SLUG_TAKEN: {
    status: 409,
    title: 'The slug is taken',
    advice: 'Choose another slug, or leave it out to get one made from the name.',
  },
  TOO_MANY_VERSIONS: {
    status: 409,
    title: 'The document has too many versions',
    advice: 'Upload it under another path.',
  },
  MODULE_VERSION_TAKEN: {
    status: 409,
    title: 'The version was published with other files',
    advice: 'Publish it under another version.',
  },
  IDEMPOTENCY_KEY_IN_USE: {
    status: 409,
    title: 'A request with this Idempotency-Key is under way',
    advice: 'Send it again after `Retry-After` seconds: it is then answered as the first one was.',
  },
  CONTENT_TOO_LARGE: {
    status: 413,
    title: 'The content is too large',
    advice: 'The message names the limit.',
  },
  CONTENT_QUOTA_EXCEEDED: {
    status: 413,
    title: 'The organization has as many contents as it may',
    advice: 'Delete what is not needed, or raise `CONTENT_QUOTAS`.',
  },
  BULK_TOO_LARGE: {
    status: 413,
    title: 'The operation is about too many executions',
    advice: 'Narrow the filter, for example by `createdOn`, and send several.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    title: 'The content type is not accepted here',
    advice: 'The message names the content type or the charset to send.',
  },
  RANGE_NOT_SATISFIABLE: {
    status: 416,
    title: 'The range is outside of the content',
    advice: 'The header `Content-Range` says how many bytes there are.',
  },
  IDEMPOTENCY_KEY_REUSED: {
    status: 422,
    title: 'The Idempotency-Key was sent with another request',
    advice: 'Give each request a key of its own; the same key is for sending the very same request again.',
  },
  SUBSCRIPTIONS_TOO_COSTLY: {
    status: 422,
    title: 'It costs too much to find out who hears the event',
    advice: 'Simplify the subscriptions of the project, or make the metadata and labels of the document smaller.',
  },
  MODULE_KIND_UNAVAILABLE: {
    status: 422,
    title: 'This kind of module cannot run here',
    advice: 'Save a module of one of the kinds that the message names.',
  },
  SECRET_STORE_OFF: {
    status: 422,
    title: 'Secrets cannot be kept here',
    advice: 'Set GANTRY_SECRETS_KEY for every api, or give workers their secrets in another way.',
  },
  SECRET_LOST: {
    status: 422,
    title: 'The secret cannot be opened',
    advice:
      'It was sealed with a key that GANTRY_SECRETS_KEY does not have any more: add that key, or save the secret again.',
  },
  TOO_MANY_OF_THEM: {
    status: 409,
    title: 'There are as many of these as there may be',
    advice: 'Remove one that is not needed any more.',
  },
  TOO_MANY_BULK_OPERATIONS: {
    status: 429,
    title: 'Too many bulk operations are running',
    advice: 'Wait until one has finished; `GET /api/bulk-operations` lists them.',
  },
  TOO_MANY_REQUESTS: {
    status: 429,
    title: 'Too many requests',
    advice: 'Wait as many seconds as the header `Retry-After` says.',
  },
  WATCHER_TOO_SLOW: {
    status: 429,
    title: 'The client reads an event stream too slowly',
    advice: 'The stream is ended; connect again with `Last-Event-ID`, filter it, or read faster.',
  },
  INTERNAL_ERROR: {
    status: 500,
    title: 'Something went wrong inside Gantry',
    advice: 'The log of the api has the cause.',
  },
  DATABASE_UNAVAILABLE: {
    status: 503,
    title: 'Postgres does not answer',
    advice: 'Nothing was accepted; repeat the request after `Retry-After` seconds.',
  },
  CONTENT_UNAVAILABLE: {
    status: 503,
    title: 'The content store is full or away',
    advice: 'Nothing was accepted; repeat the request after `Retry-After` seconds.',
  },
  TOO_MANY_WATCHERS: {
    status: 503,
    title: 'Too many event streams are open',
    advice: 'Connect again after `Retry-After` seconds, or run more apis.',
  },
  QUEUE_UNAVAILABLE: {
    status: 503,
    title: 'Redis does not answer',
    advice: 'Only what waits in queues cannot be told; repeat the request after `Retry-After` seconds.',
  },
  EVENT_QUEUE_FULL: {
    status: 503,
    title: 'More events arrive than can be written',
    advice: 'The event was not accepted; repeat the request after `Retry-After` seconds.',
  },
} as const satisfies Record<string, ErrorRow>;

interface ErrorRow {
  status: number;
  title: string;
  advice: string;
}

export type ErrorCode = keyof typeof ERROR_CATALOGUE;

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_CATALOGUE, code);
}
