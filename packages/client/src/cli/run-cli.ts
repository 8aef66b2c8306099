import { terminalText } from '@gantry/contracts/terminal-text';
import { Command, CommanderError } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import { GantryError } from '../gantry-error.ts';
import { addAdminCommands } from './commands/admin.ts';
import { addAlertCommands } from './commands/alerts.ts';
import { addAssistantCommands } from './commands/assistants.ts';
import { addAuthoringCommands } from './commands/authoring.ts';
import { addBulkCommands } from './commands/bulk.ts';
import { addEventCommands } from './commands/events.ts';
import { addExecutionCommands, addExecutionGroup } from './commands/executions.ts';
import { addKeyCommands } from './commands/keys.ts';
import { addModuleCommands } from './commands/modules.ts';
import { addProjectCommands } from './commands/projects.ts';
import { addSecretCommands } from './commands/secrets.ts';
import { addStoreCommands } from './commands/stores.ts';
import { addSystemCommands } from './commands/system.ts';
import { addWebhookCommands } from './commands/webhooks.ts';
import { EXIT, UsageError } from './exit-code.ts';
import { Printer } from './printer.ts';
import { openSession, type RunAtDesk, type RunCommand, type Surroundings } from './session.ts';

const NOTES = `
Without --url and --api-key the Gantry that "npm start" runs on the nearest .gantry folder is used.
Exit codes: 0 done, 1 error, 2 wrong usage, 3 what was waited for failed or was cancelled.`;

/** Runs one command. @returns the exit code */
export async function runCli(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { stdout, stderr } = surroundings;
  let exitCode: number = EXIT.done;
  const program = new Command('gantry')
    .description('Talks to a Gantry: executions, events, and what is configured.')
    .version(manifest.version, '-V, --version')
    .option('--url <url>', 'address of the api (GANTRY_URL)')
    .option('--api-key <key>', 'API key (GANTRY_API_KEY)')
    .option('--json', 'print JSON instead of text')
    .addHelpText('after', NOTES)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeOut: (text) => stdout.write(text), writeErr: (text) => stderr.write(text) })
    .showHelpAfterError('(--help tells more)')
    .exitOverride();
  const exitWith = (code: number) => {
    exitCode = code;
  };
  const run: RunCommand = (work) =>
    async function action(this: Command) {
      await work({ ...(await openSession(this, surroundings)), exitWith }, this.args, this.opts());
    };

  const runAtDesk: RunAtDesk = (work) =>
    async function action(this: Command) {
      const { env, folder } = surroundings;
      const print = new Printer(stdout, this.optsWithGlobals<{ json?: boolean }>().json ?? false);
      const say = (line: string): void => void stderr.write(`${terminalText(line)}\n`);
      await work({ env, folder, print, say, exitWith }, this.args, this.opts());
    };

  addExecutionGroup(program, run);
  addExecutionCommands(program, run);
  addBulkCommands(program, run);
  addEventCommands(program, run);
  addAssistantCommands(program, run);
  addAuthoringCommands(addModuleCommands(program, run), run, runAtDesk);
  addProjectCommands(program, run);
  addStoreCommands(program, run);
  addWebhookCommands(program, run);
  addAlertCommands(program, run);
  addKeyCommands(program, run);
  addSecretCommands(program, run);
  addSystemCommands(program, run);
  addAdminCommands(program, run);

  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    stderr.write(`gantry: ${terminalText(describe(error))}\n`);
    return error instanceof UsageError ? EXIT.usage : EXIT.error;
  }
}

function describe(error: unknown): string {
  if (error instanceof UsageError) return error.message;
  if (!(error instanceof GantryError)) return error instanceof Error ? error.message : String(error);
  const fields = Object.entries(error.errors).filter(([, message]) => !error.message.includes(message));
  return [`${error.message} (${error.code})`, ...fields.map(([field, message]) => `  ${field}: ${message}`)].join('\n');
}
