import type { Readable } from 'node:stream';
import { terminalText } from '@gantry/contracts/terminal-text';
import type { Command } from 'commander';
import { GantryClient } from '../gantry-client.ts';
import { UsageError } from './exit-code.ts';
import { findLocalGantry } from './local-gantry.ts';
import { Printer } from './printer.ts';

/** What the process gives a command. */
export interface Surroundings {
  env: Readonly<Record<string, string | undefined>>;
  folder: string;
  stdin: Readable;
  stdout: NodeJS.WritableStream;
  stderr: NodeJS.WritableStream;
}

/** What a command works with. */
export interface Session {
  client: GantryClient;
  print: Printer;
  stdin: Readable;
  env: Surroundings['env'];
  /** Where the command was called. */
  folder: string;
  /** Of the Gantry that it talks to, where "npm start" runs that on this machine. */
  dataDir: string | undefined;
  /** For people: what happens meanwhile. */
  say(line: string): void;
  /** What the command exits with if nothing goes wrong from here on. */
  exitWith(code: number): void;
}

/** What a command works with that talks to no api. */
export type Desk = Pick<Session, 'print' | 'exitWith' | 'env' | 'folder' | 'say'>;

/** The same for a command that talks to no api. */
export type RunAtDesk = <Options extends object>(
  work: (desk: Desk, args: readonly string[], options: Options) => Promise<void>,
) => (this: Command) => Promise<void>;

/** Makes the action of a command; `args` and `options` are what commander read. */
export type RunCommand = <Options extends object>(
  work: (session: Session, args: readonly string[], options: Options) => Promise<void>,
) => (this: Command) => Promise<void>;

/** Somebody sits there and waits. */
const ATTEMPTS = 3;

interface GlobalOptions {
  url?: string;
  apiKey?: string;
  json?: boolean;
}

/** @throws UsageError when it is not known which api to talk to, or with which key */
export async function openSession(
  command: Command,
  { env, folder, stdin, stdout, stderr }: Surroundings,
): Promise<Omit<Session, 'exitWith'>> {
  const options = command.optsWithGlobals<GlobalOptions>();
  const local = await findLocalGantry(folder, env['GANTRY_DATA_DIR'] || undefined);
  const url = options.url ?? (env['GANTRY_URL'] || local.url);
  if (url === undefined) {
    throw new UsageError('no Gantry runs here. Start one ("npm start"), or give --url or GANTRY_URL.');
  }
  if (!URL.canParse(url) || !/^https?:/.test(url)) throw new UsageError(`--url: ${url} is no address of an api.`);
  // The key of this machine is for the api of this machine.
  const apiKey = options.apiKey ?? (env['GANTRY_API_KEY'] || (url === local.url ? local.apiKey : undefined));
  if (apiKey === undefined) throw new UsageError(`no API key for ${url}. Give --api-key or GANTRY_API_KEY.`);
  const client = new GantryClient({ url, apiKey, retry: { attempts: ATTEMPTS } });
  return {
    client,
    print: new Printer(stdout, options.json ?? false),
    stdin,
    env,
    folder,
    dataDir: url === local.url ? local.dataDir : undefined,
    say: (line) => void stderr.write(`${terminalText(line)}\n`),
  };
}
