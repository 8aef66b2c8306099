import { openAsBlob } from 'node:fs';
import { basename, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Execution } from '@gantry/contracts/http/execution';
import { placesOf } from './error-place.ts';
import { EXIT, UsageError } from './exit-code.ts';
import { PlacedModule } from './placed-module.ts';
import type { readJsonObject } from './read-input.ts';
import { Saves } from './saves.ts';
import type { Session } from './session.ts';

type Fields = Awaited<ReturnType<typeof readJsonObject>>;

interface Given {
  options: Fields;
  context: Fields;
  /** The output of the step before. */
  input: Fields[string] | undefined;
  file: string | undefined;
  projectId: string;
}

/** An editor may write a file in several steps. */
const SETTLE_MS = 150;
/** Workers look for changed files every second, and import them. */
const LOOK_EVERY_MS = 500;
const PATIENCE_MS = 30_000;
/** How a step says that its worker does not have the code of the last save yet. */
const NOT_YET = ['MODULE_RELOADING', 'MODULE_NOT_FOUND', 'MODULE_NOT_LOADED'];
const STORE = 'module-development';

/** Has the module of a folder run in the Gantry that runs, and again at each save, until it is interrupted. */
export async function developModule(
  session: Session,
  path: string,
  { given, once }: { given: Given; once: boolean },
): Promise<void> {
  const folder = resolve(session.folder, path);
  const interrupted = new AbortController();
  const { signal } = interrupted;
  process.once('SIGINT', () => interrupted.abort());
  process.once('SIGTERM', () => interrupted.abort());
  const document =
    given.file === undefined ? {} : await upload(session, resolve(session.folder, given.file), given.projectId);
  const context = { ...document, ...given.context };
  await using placed = new PlacedModule(session, folder);
  using saves = once ? undefined : new Saves(folder, signal);
  for (;;) {
    try {
      const ref = await placed.update();
      const finished = await runUntilCurrent(session, { ref, token: placed.token, given, context, signal });
      await tell(session, finished);
    } catch (error) {
      if (signal.aborted) return;
      if (once) throw error;
      session.say(error instanceof Error ? error.message : String(error));
    }
    if (saves === undefined) return;
    session.say('... waiting for a save; Ctrl-C ends');
    await saves.next();
    if (signal.aborted) return;
    await delay(SETTLE_MS);
    saves.forget();
  }
}

interface Wanted {
  ref: string;
  token: string;
  given: Given;
  context: Fields;
  signal: AbortSignal;
}

/** The execution of the code as it was saved last: what ran with the code of before did nothing, and is removed. */
async function runUntilCurrent({ client, say }: Session, wanted: Wanted): Promise<Execution> {
  const { ref, token, given, context, signal } = wanted;
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const { id } = await client.executions.create({
      projectId: given.projectId,
      context: { ...context, developed: token },
      pipeline: { steps: [...stepsBefore(given), { ref: `module://${ref}`, options: given.options }] },
    });
    const finished = await client.executions.waitFor(id, { outputs: true, signal });
    const code = finished.pipeline.steps.at(-1)?.exceptionDetails?.errorType ?? '';
    if (!NOT_YET.includes(code) || Date.now() > until) {
      say(`execution ${id}`);
      return finished;
    }
    await client.executions.delete(id);
    await delay(LOOK_EVERY_MS, undefined, { signal });
  }
}

async function tell({ client, print, say, exitWith }: Session, execution: Execution): Promise<void> {
  for await (const { level, entry } of client.executions.logs(execution.id))
    say(`${level.toLowerCase().padEnd(5)} ${entry}`);
  const step = execution.pipeline.steps.at(-1);
  if (execution.status === 'SUCCEEDED') {
    print.part(step?.output ?? null, () => JSON.stringify(step?.output ?? null, null, 2));
    exitWith(EXIT.done);
    return;
  }
  const details = step?.exceptionDetails;
  say(`${execution.status}${details ? ` ${details.errorType}: ${details.message}` : ''}`);
  for (const place of placesOf(details?.errorType, details?.stackTrace)) say(place);
  if (details?.errorType === 'OUTBOUND_ADDRESS_FORBIDDEN') say(NOT_REACHED);
  exitWith(EXIT.failed);
}

const NOT_REACHED =
  'Workers reach public addresses only. Start the Gantry with OUTBOUND_ALLOW=127.0.0.1 to let them reach this machine.';

/** A step that gives the input: JSON is an expression that gives itself. */
function stepsBefore({ input }: Given): { ref: string; options: Fields }[] {
  if (input === undefined) return [];
  return [{ ref: 'module://gantry/json-transform', options: { expression: JSON.stringify(input) } }];
}

/** Keeps the file as a document of a store that no assistant listens to. */
async function upload(
  { client }: Session,
  file: string,
  projectId: string,
): Promise<{ documentFamilyId: string; contentObjectId: string }> {
  const blob = await openAsBlob(file).catch((error: Error) => {
    throw new UsageError(error.message);
  });
  const { content } = await client.stores.list({ filter: `slug eq '${STORE}'` });
  const store = content[0] ?? (await client.stores.create({ name: 'Module development', slug: STORE }));
  const family = await client.stores.upload(store.id, blob, { fileName: basename(file), projectId });
  return { documentFamilyId: family.id, contentObjectId: family.contentObjects.at(-1)?.id ?? '' };
}
