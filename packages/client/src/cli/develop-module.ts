import { type FSWatcher, openAsBlob, watch } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { ModuleFolder } from '@gantry/authoring/module-folder';
import type { Execution } from '@gantry/contracts/http/execution';
import { GantryError } from '../gantry-error.ts';
import { EXIT, UsageError } from './exit-code.ts';
import type { readJsonObject } from './read-input.ts';
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

const IGNORED = /(^|[/\\])(node_modules|__pycache__|\.[^/\\]*)([/\\]|$)/;
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

/** The module where workers find it: its definition in the api, its code in the data folder of the Gantry or at its place. */
class PlacedModule implements AsyncDisposable {
  readonly #session: Session;
  readonly #folder: string;
  #shim: string | undefined;
  #endpoint: AsyncDisposable | undefined;
  /** Of the last save. */
  token = '';

  constructor(session: Session, folder: string) {
    this.#session = session;
    this.#folder = folder;
  }

  /** Takes what is in the folder now. @returns the ref of the module */
  async update(): Promise<string> {
    const { readModuleFolder } = await import('@gantry/authoring/module-folder');
    const module = await readModuleFolder(this.#folder);
    this.token = Date.now().toString(36);
    switch (module.metadata.kind) {
      case 'node':
        return this.#placeFile(module);
      case 'process': {
        // A program that waits for its next step has the code of before; one of another environment is another program.
        const command = ['env', `GANTRY_DEVELOPED=${this.token}`, ...module.metadata.command];
        return this.#define(module, { ...module.metadata, command });
      }
      case 'http': {
        const { startEndpoint } = await import('@gantry/authoring/started-endpoint');
        await this.#endpoint?.[Symbol.asyncDispose]();
        this.#endpoint = await startEndpoint(module, { PATH: this.#session.env['PATH'] ?? '' }, this.#session.say);
        return this.#define(module, module.metadata);
      }
      case 'script':
        return this.#define(module, module.metadata);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#endpoint?.[Symbol.asyncDispose]();
    if (this.#shim !== undefined) await rm(this.#shim, { force: true });
  }

  async #define(module: ModuleFolder, metadata: ModuleFolder['metadata']): Promise<string> {
    const { ref, name, description } = module;
    await this.#session.client.modules.apply({ ref: `module://${ref}`, name, description, metadata });
    return ref ?? '';
  }

  async #placeFile({ folder, index = '' }: ModuleFolder): Promise<string> {
    const { dataDir } = this.#session;
    if (dataDir === undefined) {
      throw new UsageError(
        'a module in TypeScript or JavaScript is developed in the Gantry that "npm start" runs on this machine; workers elsewhere take it from their MODULES_DIR.',
      );
    }
    const { moduleRefIn } = await import('@gantry/authoring/run-once');
    const ref = await moduleRefIn(folder);
    await mkdir(join(dataDir, 'modules'), { recursive: true });
    this.#shim = join(dataDir, 'modules', `${ref.replace('/', '.')}.mjs`);
    await writeFile(this.#shim, shimOf(index, this.token));
    await this.#untilReported(ref);
    return ref;
  }

  /** Workers tell of the modules of their files within seconds. */
  async #untilReported(ref: string): Promise<void> {
    const until = Date.now() + PATIENCE_MS;
    for (;;) {
      try {
        await this.#session.client.modules.get(ref);
        return;
      } catch (error) {
        if (!(error instanceof GantryError) || error.status !== 404 || Date.now() > until) throw error;
      }
      await delay(LOOK_EVERY_MS);
    }
  }
}

/** Workers see that this file has changed, and take what it imports anew. */
function shimOf(index: string, token: string): string {
  return `import { ModuleError } from '@gantry/module-sdk';
import module from ${JSON.stringify(pathToFileURL(index).href)};

export default {
  ...module,
  infer(input) {
    const { developed = ${JSON.stringify(token)} } = input.context;
    if (developed !== ${JSON.stringify(token)}) throw new ModuleError('MODULE_RELOADING', 'Saved again meanwhile', { permanent: true });
    return module.infer(input);
  },
};
`;
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

/** What is saved in a folder. */
class Saves implements Disposable {
  readonly #watcher: FSWatcher;
  #saved = Promise.withResolvers<void>();

  constructor(folder: string, signal: AbortSignal) {
    this.#watcher = watch(folder, { recursive: true });
    this.#watcher.on('change', (_event, name) => {
      if (!IGNORED.test(String(name))) this.#saved.resolve();
    });
    signal.addEventListener('abort', () => this.#saved.resolve(), { once: true });
  }

  /** Resolves once something has been saved, since it was forgotten. */
  next(): Promise<void> {
    return this.#saved.promise;
  }

  forget(): void {
    this.#saved = Promise.withResolvers();
  }

  [Symbol.dispose](): void {
    this.#watcher.close();
  }
}
