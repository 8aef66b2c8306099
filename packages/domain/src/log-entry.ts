/** How important a log entry is, by rising number. */
export const LOG_LEVELS = { DEBUG: 20, INFO: 30, WARN: 40, ERROR: 50 } as const;

export type LogLevel = keyof typeof LOG_LEVELS;

export const logLevelNames = Object.keys(LOG_LEVELS) as LogLevel[];

const byValue = new Map<number, LogLevel>(logLevelNames.map((name) => [LOG_LEVELS[name], name]));

/** @throws RangeError for a number that is no level */
export function logLevelFromValue(value: number): LogLevel {
  const level = byValue.get(value);
  if (level === undefined) throw new RangeError(`${value} is not a log level`);
  return level;
}
