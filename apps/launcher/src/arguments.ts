import { parseArgs } from 'node:util';

const MAX_WORKERS = 64;
const USAGE = 'Usage: npm start -- [--workers 3] [--json-logs]';

export interface StartArguments {
  workers: number;
  jsonLogs: boolean;
}

/** What follows `npm start --`. Throws an error that says how it is used. */
export function readArguments(args: readonly string[]): StartArguments {
  const { values } = parse(args);
  const workers = Number(values.workers);
  if (!/^\d+$/.test(values.workers) || workers < 1 || workers > MAX_WORKERS) {
    throw new Error(`--workers: expected a number from 1 to ${MAX_WORKERS}\n${USAGE}`);
  }
  return { workers, jsonLogs: values['json-logs'] };
}

function parse(args: readonly string[]) {
  try {
    const options = {
      workers: { type: 'string', default: '1' },
      'json-logs': { type: 'boolean', default: false },
    } as const;
    return parseArgs({ args: [...args], options });
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${USAGE}`);
  }
}

/** For the start: prints what is wrong and ends the process with code 1 instead of throwing. */
export function readArgumentsOrExit(args: readonly string[]): StartArguments {
  try {
    return readArguments(args);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exit(1);
  }
}
