import { inspect } from 'node:util';
import { type Logger, type LoggerOptions, levels } from 'pino';

const QUIET_MS = 10_000;
const KEPT = 200;
const { warn: WARN } = levels.values;

/** When a warning was written last, and how often it came since. */
interface Written {
  atMs: number;
  again: number;
}

/**
 * A server that is away is noticed by every connection at every try: what is the same warning, with the same error, fields and
 * logger's bindings, is written once in ten seconds, with how often it came since the last time (`again`). Others are written as they come.
 */
export function withoutRepetitions(now: () => number = () => performance.now()): LoggerOptions['hooks'] {
  const written = new Map<string, Written>();

  /** @returns how often it came since it was written; undefined when it is not to be written now */
  const count = (warning: string): number | undefined => {
    const last = written.get(warning);
    if (last && now() - last.atMs < QUIET_MS) {
      last.again += 1;
      return undefined;
    }
    written.delete(warning);
    written.set(warning, { atMs: now(), again: 0 });
    const [oldest] = written.keys();
    if (written.size > KEPT && oldest !== undefined) written.delete(oldest);
    return last?.again ?? 0;
  };

  return {
    logMethod(this: Logger, args, method, level) {
      const [fields, ...rest] = args as [unknown, ...string[]];
      if (level !== WARN || !isOfError(fields)) return method.apply(this, args);
      const { err, ...others } = fields;
      const again = count(inspect([err.message, others, this.bindings(), rest]));
      if (again === undefined) return;
      method.apply(this, [again === 0 ? fields : { ...fields, again }, ...rest] as unknown as typeof args);
    },
  };
}

function isOfError(fields: unknown): fields is { err: Error } {
  return fields instanceof Object && 'err' in fields && fields.err instanceof Error;
}
