import {
  type DestinationStream,
  type Logger,
  pino,
  type SerializedError,
  stdSerializers,
  stdTimeFunctions,
} from 'pino';
import { withoutRepetitions } from './repeated-warnings.ts';
import { saysHowServerIs } from './server-errors.ts';
import { spanIds } from './spans.ts';

export type { Logger } from 'pino';

const SECRET_HEADERS = ['authorization', 'x-api-key', 'x-access-token', 'cookie', 'set-cookie'];
const SECRET_FIELDS = ['password', 'secret', 'apiKey'];

const PASSWORD_IN_URL = /(\w+:\/\/[^\s:/@]*:)[^\s/]+(@)/g;

export interface LoggerOptions {
  /** The app that speaks. */
  name: string;
  level: string;
}

/**
 * JSON lines on stdout, with the ids of the trace they belong to while traces are made. Keys, cookies and passwords in URLs
 * never appear in them.
 * @param now in milliseconds, from any instant on
 */
export function createLogger(
  { name, level }: LoggerOptions,
  destination?: DestinationStream,
  now?: () => number,
): Logger {
  const options = {
    name,
    level,
    base: { pid: process.pid },
    mixin: spanIds,
    timestamp: stdTimeFunctions.isoTime,
    redact: {
      paths: [
        ...SECRET_FIELDS.flatMap((field) => [field, `*.${field}`]),
        ...SECRET_HEADERS.flatMap((header) => [`["${header}"]`, `headers["${header}"]`, `*.headers["${header}"]`]),
      ],
      censor: '[redacted]',
    },
    serializers: { err: stdSerializers.wrapErrorSerializer(withoutObjects) },
    hooks: {
      ...withoutRepetitions(now),
      streamWrite: (line: string) => line.replace(PASSWORD_IN_URL, '$1[redacted]$2'),
    },
    formatters: { level: (label: string) => ({ level: label }) },
  };
  // Written synchronously: pino's asynchronous default never ends its process when nobody reads stdout any more (its flush
  // at exit repeats a write that fails with EPIPE for ever, in sonic-boom 4.2).
  return pino(options, destination ?? pino.destination({ sync: true }));
}

/** Drivers hang their connection onto their errors, keys and all: of an error only what is plain is logged. */
function withoutObjects(error: SerializedError): object {
  const untraced = saysHowServerIs(error);
  return Object.fromEntries(
    Object.entries(error).filter(
      ([key, value]) => key === 'aggregateErrors' || !(value instanceof Object || (untraced && key === 'stack')),
    ),
  );
}
