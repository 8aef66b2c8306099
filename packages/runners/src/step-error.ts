import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ContentError } from '@gantry/contents/content-store';
import { cleanText } from '@gantry/module-sdk/json-text';
import { logFields } from '@gantry/module-sdk/log-fields';
import type { ModuleOptionsError } from '@gantry/module-sdk/module-options';
import { denialOf } from './confinement.ts';
import { errorDetails } from './error-details.ts';
import { inWords } from './in-words.ts';
import type { SecretMask } from './secret-mask.ts';
import type { StepError } from './step-result.ts';

const MAX_MESSAGE = 4_000;
const MAX_FRAMES = 20;

/** Describes whatever was thrown, an Error or not; never throws itself, whatever getters and toString do. */
export function describeError(thrown: unknown, code = 'MODULE_FAILED'): StepError {
  try {
    if (!(thrown instanceof Error)) return describeValue(thrown, code);
    const stackTrace = parseStack(String(thrown.stack ?? ''));
    const sayings = sayingsOf(thrown);
    const isModuleError = thrown.name === 'ModuleError';
    const denial = denialOf(thrown);
    return {
      code: denial === undefined ? (codeOf(thrown) ?? code) : 'MODULE_NOT_PERMITTED',
      message: cleanText(denial ?? (inWords(thrown.message) || 'the module failed without a message'), MAX_MESSAGE),
      errorType: cleanText(String(thrown.name), 100),
      cause: errorDetails(thrown, isModuleError ? OF_MODULE_ERRORS : Object.keys(sayings)),
      ...sayings,
      ...(stackTrace.length > 0 && { stackTrace }),
    };
  } catch {
    return { code, message: 'the module threw a value that cannot be described', errorType: typeof thrown };
  }
}

/** What was thrown is no Error: of an object its fields are told, and its message where it has one. */
function describeValue(thrown: unknown, code: string): StepError {
  const errorType = typeof thrown;
  if (typeof thrown !== 'object' || thrown === null) {
    return { code, message: cleanText(String(thrown), MAX_MESSAGE), errorType };
  }
  const fields = logFields(thrown);
  const { message } = fields;
  const inWords = Object.keys(fields).length > 0 ? JSON.stringify(fields) : String(thrown);
  const text = typeof message === 'string' && message !== '' ? message : inWords;
  return { code, message: cleanText(text, MAX_MESSAGE), errorType, cause: { errorType, fields } };
}

/** An author may have an SDK of their own beside the module, so its errors are told by what they are. */
function codeOf(thrown: Error): string | undefined {
  if (thrown instanceof ContentError) return thrown.code;
  const isModuleError = thrown.name === 'ModuleError' && 'code' in thrown && CODE.test(String(thrown.code));
  return isModuleError ? String(thrown.code) : undefined;
}

const OF_MODULE_ERRORS = ['statusCode', 'advice', 'permanent', 'retryAfter', 'validationErrors'];

/** Any error may have a status code and an advice; what the engine goes by is taken from a ModuleError alone. */
function sayingsOf(thrown: Error): Partial<StepError> {
  const { statusCode, advice, permanent, retryAfter, validationErrors } = thrown as Partial<ModuleOptionsError>;
  const said = {
    ...(typeof statusCode === 'number' && Number.isInteger(statusCode) && { statusCode }),
    ...(typeof advice === 'string' && { advice: cleanText(advice, MAX_MESSAGE) }),
  };
  if (thrown.name !== 'ModuleError') return said;
  return {
    ...said,
    ...(permanent === true && { permanent }),
    ...(typeof retryAfter === 'number' && { retryAfter }),
    ...(validationErrors !== undefined && { validationErrors }),
  };
}

const CODE = /^[A-Z][A-Z0-9_]{0,99}$/;

/** An error as a runner passed it on: of the shape and size that the record takes, whatever came. */
export function checkedError(error: StepError): StepError {
  const code = CODE.test(String(error.code)) ? String(error.code) : 'MODULE_FAILED';
  return { ...error, code, message: cleanText(inWords(error.message), MAX_MESSAGE) };
}

/** An error without secrets; its code is the module's to choose, and no place for one. */
export function maskedError({ code, ...told }: StepError, mask: SecretMask): StepError {
  return { ...mask.json(told), code };
}

function parseStack(stack: string): NonNullable<StepError['stackTrace']> {
  const calls = stack
    .split('\n')
    .map((line) => /^\s+at (?:(.+) \()?(.+):(\d+):(\d+)\)?$/.exec(line.slice(0, 1_000)))
    .filter((match) => match !== null)
    .slice(0, MAX_FRAMES)
    .map((match) => ({
      function: match[1] ?? '<anonymous>',
      file: displayPath(match[2] ?? ''),
      line: Number(match[3]),
      column: Number(match[4]),
    }));
  return [...syntaxErrorIn(stack), ...calls];
}

/** Where the text of a file is wrong stands above the message, with the line and a mark below it. */
function syntaxErrorIn(stack: string): NonNullable<StepError['stackTrace']> {
  const [, file, line, mark = ''] = /^(\S.{0,1000}):(\d+)\n[^^]{0,2000}\n( *)\^/.exec(stack) ?? [];
  if (file === undefined) return [];
  return [{ function: '<anonymous>', file: displayPath(file), line: Number(line), column: mark.length + 1 }];
}

/** Frames are shown to callers of the API: paths inside the working directory are given relative to it. */
function displayPath(location: string): string {
  if (location.startsWith('node:')) return location;
  const path = location.startsWith('file:') ? fileURLToPath(location) : location;
  const shown = relative(process.cwd(), path);
  return shown.startsWith('..') ? path : shown;
}
