/** The line of the text that `wrapScript` makes on which the author's own first line is. */
export const SCRIPT_FIRST_LINE = 2;

/** A script as a function of what it is given; it may return and await at its top. */
export function wrapScript(script: string): string {
  return `(async function script({ ${GIVEN.join(', ')} }) {\n${script}\n})`;
}

/** What a script has by name, besides what the language has. */
const GIVEN = [
  'parameters',
  'options',
  'context',
  'input',
  'previousOutput',
  'documentFamily',
  'contentObject',
  'executionId',
  'organizationId',
  'stepId',
  'stepIndex',
  'attempt',
  'epoch',
  'idempotencyKey',
  'checkpoint',
  'keepCheckpoint',
  'log',
  'logger',
  'console',
  'progress',
  'statusMessage',
  'labels',
  'emit',
  'secrets',
  'content',
  'clock',
  'ModuleError',
];

/**
 * Runs inside the sandbox, before the script: makes the functions that a script is given out of the one that the host
 * gives, which takes and answers with JSON. Its value is called with the host's function and the step, and answers with
 * what begins a script and what settles its questions.
 */
export const PRELUDE = `(function (host, stepJson) {
  const stringify = JSON.stringify, parse = JSON.parse;
  class ModuleError extends Error {
    constructor(code, message, { permanent, retryAfter } = {}) {
      super(message);
      if (!/^[A-Z][A-Z0-9_]{0,99}$/.test(code)) throw new TypeError('code: ' + code + ' is not of the form SCREAMING_SNAKE');
      Object.assign(this, { name: 'ModuleError', code, permanent, retryAfter });
    }
  }
  const call = (name, ...values) => {
    const { value, error } = parse(host(name, stringify(values)));
    if (error !== undefined) throw new ModuleError(error.code, error.message);
    return value;
  };
  const waiting = new Map();
  const ask = (question) => new Promise((resolve, reject) => waiting.set(call('ask', question), { resolve, reject }));
  const settle = (answerJson) => {
    const { id, answer } = parse(answerJson);
    const asked = waiting.get(id);
    waiting.delete(id);
    if (answer.error === undefined) asked.resolve(answer.value);
    else asked.reject(new ModuleError(answer.error.code, answer.error.message));
  };
  const text = (value) => (typeof value === 'string' ? value : value instanceof Error ? String(value) : stringify(value) ?? String(value));
  const level = (name) => (message, fields) => void call('log', name, text(message), fields);
  const logger = { debug: level('debug'), info: level('info'), warn: level('warn'), error: level('error') };
  const print = (name) => (...values) => void call('log', name, values.map(text).join(' '));
  const json = (key, value) => {
    const refuse = (what) => { throw new ModuleError('OUTPUT_NOT_JSON', 'output: ' + key + ' is ' + what + ', which JSON cannot hold'); };
    if (typeof value === 'number' && !Number.isFinite(value)) refuse(String(value));
    if (typeof value === 'function' || typeof value === 'bigint' || typeof value === 'symbol') refuse('a ' + typeof value);
    for (const type of [Map, Set, Promise, ArrayBuffer]) if (value instanceof type) refuse('a ' + type.name);
    return value;
  };
  const step = parse(stepJson);
  const given = {
    ...step,
    parameters: step.options,
    input: step.previousOutput,
    logger,
    log: Object.assign((message, fields) => logger.info(message, fields), logger),
    console: { debug: print('debug'), log: print('info'), info: print('info'), warn: print('warn'), error: print('error') },
    progress: (done, max) => void call('progress', numeral(done), max === undefined ? null : numeral(max)),
    statusMessage: (message) => void call('status', message),
    labels: { add: (label) => void call('label', label), remove: (label) => void call('unlabel', label) },
    emit: (event) => void call('emit', event),
    keepCheckpoint: (checkpoint) => void call('checkpoint', checkpoint),
    secrets: { get: (name) => ask({ what: 'secret', name: String(name) }) },
    content: {
      read: (ref) => ask({ what: 'read-content', ref: String(ref) }),
      write: (text, about) => ask({ what: 'write-content', text, contentType: about?.contentType, name: about?.name ?? null, temporary: about?.temporary === true }),
    },
    clock: { now: () => new Date(), sleep: (ms) => ask({ what: 'sleep', ms }) },
    ModuleError,
  };
  function numeral(value) {
    return Number.isFinite(value) ? value : String(value);
  }
  const described = (thrown) => thrown instanceof Error
    ? { name: String(thrown.name), message: text(thrown.message), stack: String(thrown.stack), code: thrown.code, permanent: thrown.permanent, retryAfter: thrown.retryAfter }
    : { name: typeof thrown, message: text(thrown), stack: '' };
  const begin = (script) => {
    script(given)
      .then((output) => host('succeeded', stringify(output ?? null, json) ?? 'null'))
      .catch((thrown) => host('failed', stringify(described(thrown))));
  };
  return { begin, settle };
})`;
