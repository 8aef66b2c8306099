import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ContentError } from '@gantry/contents/content-store';
import { ModuleError } from '@gantry/module-sdk/module-error';
import { cleanText } from './json-text.ts';
import type { StepError } from './step-result.ts';

const MAX_MESSAGE = 4_000;
const MAX_FRAMES = 20;

/** Describes whatever was thrown, an Error or not; never throws itself, whatever getters and toString do. */
export function describeError(thrown: unknown, code = 'MODULE_FAILED'): StepError {
  try {
    if (!(thrown instanceof Error)) {
      return { code, message: cleanText(String(thrown), MAX_MESSAGE), errorType: typeof thrown };
    }
    const stackTrace = parseStack(String(thrown.stack ?? ''));
    return {
      code: thrown instanceof ModuleError || thrown instanceof ContentError ? thrown.code : code,
      message: cleanText(String(thrown.message) || 'the module failed without a message', MAX_MESSAGE),
      errorType: cleanText(String(thrown.name), 100),
      ...(stackTrace.length > 0 && { stackTrace }),
    };
  } catch {
    return { code, message: 'the module threw a value that cannot be described', errorType: typeof thrown };
  }
}

const CODE = /^[A-Z][A-Z0-9_]{0,99}$/;

/** An error as a runner passed it on: of the shape and size that the record takes, whatever came. */
export function checkedError(error: StepError): StepError {
  const code = CODE.test(String(error.code)) ? String(error.code) : 'MODULE_FAILED';
  return { ...error, code, message: cleanText(String(error.message), MAX_MESSAGE) };
}

function parseStack(stack: string): NonNullable<StepError['stackTrace']> {
  return stack
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
}

/** Frames are shown to callers of the API: paths inside the working directory are given relative to it. */
function displayPath(location: string): string {
  if (location.startsWith('node:')) return location;
  const path = location.startsWith('file:') ? fileURLToPath(location) : location;
  const shown = relative(process.cwd(), path);
  return shown.startsWith('..') ? path : shown;
}
