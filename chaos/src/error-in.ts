import { z } from 'zod';

const entry = z.object({
  level: z.string(),
  msg: z.string(),
  service: z.string().optional(),
  err: z.object({ message: z.string() }).optional(),
});

/** What a line that an app wrote says of an error, in short; undefined if it says of none. */
export function errorIn(line: string): string | undefined {
  const { data } = entry.safeParse(parse(line));
  if (data === undefined) return line; // what Node itself prints when a process goes down
  if (data.level !== 'error' && data.level !== 'fatal') return undefined;
  return [data.service, data.msg, data.err?.message].filter((part) => part !== undefined).join(': ');
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
