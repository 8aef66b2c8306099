import { parseArgs } from 'node:util';

const MAX_WORKERS = 64;
const USAGE = 'Usage: npm start -- [--workers 3] [--json-logs] [--watch]';

export interface StartArguments {
  workers: number;
  jsonLogs: boolean;
  /** Start the apps again when their files change. */
  watch: boolean;
}

/** What follows `npm start --`. Throws an error that says how it is used. */
export function readArguments(args: readonly string[]): StartArguments {
  const { values } = parse(args);
  const workers = Number(values.workers);
  if (!/^\d+$/.test(values.workers) || workers < 1 || workers > MAX_WORKERS) {
    throw new Error(`--workers: expected a number from 1 to ${MAX_WORKERS}\n${USAGE}`);
  }
  return { workers, jsonLogs: values['json-logs'], watch: values.watch };
}

function parse(args: readonly string[]) {
  try {
    const options = {
      workers: { type: 'string', default: '1' },
      'json-logs': { type: 'boolean', default: false },
      watch: { type: 'boolean', default: false },
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
