import { createReadStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createFolderContentStore } from '@gantry/contents/folder-content-store';
import type { ModuleMetadata } from '@gantry/contracts/module-definition';
import type { Json, JsonObject } from '@gantry/domain/json';
import { parseAllowList } from '@gantry/outbound/address-rules';
import { createOutboundHttp } from '@gantry/outbound/outbound-http';
import { HttpRunner } from '@gantry/runners/http-runner';
import type { ModuleDescription } from '@gantry/runners/module-description';
import { BUILT_IN_REFS } from '@gantry/runners/module-registry';
import { NodeRunner } from '@gantry/runners/node-runner';
import { ProcessRunner } from '@gantry/runners/process-runner';
import { ScriptRunner } from '@gantry/runners/script-runner';
import { environmentSecrets } from '@gantry/runners/secret-source';
import { StepEngine } from '@gantry/runners/step-engine';
import type { StepListeners, StepResult } from '@gantry/runners/step-result';
import { v7 as uuidv7 } from 'uuid';
import { type ModuleFolder, ModuleFolderError, readModuleFolder } from './module-folder.ts';
import { startEndpoint } from './started-endpoint.ts';

const ORGANIZATION = 'local';
/** What runs on this machine is what is tried. */
const OUTBOUND = parseAllowList(['localhost', '127.0.0.0/8', '::1']);

/** What a module file may take to be imported: it is tried once, on a machine that may be busy with anything. */
const IMPORT_LIMIT_MS = 60_000;

/** What a module is run with, once and without any server. */
export interface GivenRun extends StepListeners {
  options?: JsonObject;
  context?: JsonObject;
  /** The output of the step before. */
  input?: Json;
  /** Path of a file that is the document. */
  file?: string | undefined;
  timeoutMs?: number | undefined;
  signal?: AbortSignal;
  /** Secrets (`GANTRY_SECRET_NAME`), and PATH, where programs are found. */
  env: Readonly<Record<string, string | undefined>>;
  /** What else there is to say, such as why a file is no module. */
  say: (line: string) => void;
}

/** A module in a folder, or one that ships with Gantry: its ref. */
export type RunnableModule = ModuleFolder | string;

export function isBuiltIn(ref: string): boolean {
  return BUILT_IN_REFS.includes(ref.replace('module://', ''));
}

/** Runs a module once, as a worker does. How it ended is the answer, whatever it does. */
export async function runOnce(module: RunnableModule, given: GivenRun): Promise<StepResult> {
  const place = await mkdtemp(join(tmpdir(), 'gantry-run-'));
  const contents = createFolderContentStore(place);
  const problems: string[] = [];
  const logger = { info: () => {}, warn: (fields: object) => void problems.push(problemIn(fields)) };
  const env = { PATH: given.env['PATH'] ?? '' };
  const node = new NodeRunner({
    modulesDirs: typeof module !== 'string' && module.index !== undefined ? [module.folder] : [],
    contents,
    outboundAllow: OUTBOUND,
    maxIdle: 0,
    importLimitMs: IMPORT_LIMIT_MS,
    logger,
  });
  const engine = new StepEngine({
    runners: {
      node,
      script: new ScriptRunner({ contents, maxIdle: 0 }),
      process: new ProcessRunner({ contents, maxIdle: 0, env }),
      http: new HttpRunner({ outbound: createOutboundHttp(OUTBOUND) }),
    },
    slots: 1,
    secrets: environmentSecrets(given.env),
    logger,
  });
  try {
    await using _endpoint = await startEndpoint(module, env, given.say);
    await engine.start();
    const request = {
      ref: refOf(module, node, problems),
      options: given.options ?? {},
      executionId: uuidv7(),
      organizationId: ORGANIZATION,
      stepId: 'local.0',
      stepIndex: 0,
      attempt: 1,
      epoch: 1,
      context: given.context ?? {},
      ...(given.file === undefined ? NO_DOCUMENT : await keep(given.file)),
      previousOutput: given.input ?? null,
      checkpoint: null,
    };
    const { timeoutMs, signal, ...listeners } = given;
    return await engine.run(
      { module: typeof module === 'string' ? BUILT_IN : module.metadata, request, fresh: false },
      { ...listeners, ...(timeoutMs !== undefined && { timeoutMs }), ...(signal !== undefined && { signal }) },
    );
  } finally {
    await engine.close();
    for (const problem of problems) given.say(problem);
    await rm(place, { recursive: true, force: true });
  }

  /** The document as steps of a running Gantry see it. */
  async function keep(path: string): Promise<{ documentFamily: JsonObject; contentObject: JsonObject }> {
    const name = basename(path);
    await stat(path).catch((error: Error) => {
      throw new ModuleFolderError(error.message);
    });
    const about = { contentType: 'application/octet-stream', name };
    const store = contents.forOrganization(ORGANIZATION);
    const { ref, size } = await store.write(createReadStream(path), about);
    const contentObject = {
      id: 'local',
      contentType: 'NATIVE',
      contentRef: ref,
      size,
      name,
      metadata: { fileName: name },
    };
    const family = { id: 'local', path: name, labels: [], mixins: [], metadata: {} };
    return { documentFamily: { ...family, contentObjects: [contentObject] }, contentObject };
  }
}

/** The ref that the file of a `node` module says. @throws ModuleFolderError when it cannot be imported */
export async function moduleRefIn(folder: string): Promise<string> {
  return (await describeModuleIn(folder)).ref;
}

/**
 * What the file of a `node` module says of it.
 * @param importLimitMs what it may take to be imported
 * @throws ModuleFolderError when it cannot be imported
 */
export async function describeModuleIn(folder: string, importLimitMs = IMPORT_LIMIT_MS): Promise<ModuleDescription> {
  const problems: string[] = [];
  const place = await mkdtemp(join(tmpdir(), 'gantry-look-'));
  const logger = { info: () => {}, warn: (fields: object) => void problems.push(problemIn(fields)) };
  const contents = createFolderContentStore(place);
  const node = new NodeRunner({ modulesDirs: [folder], contents, maxIdle: 0, importLimitMs, logger });
  try {
    await node.start();
    const ref = refOf(await readModuleFolder(folder), node, problems);
    const module = node.modules.find((one) => one.ref === ref);
    if (module === undefined) throw new ModuleFolderError(`${folder}: has no module`);
    return module;
  } finally {
    await node.close();
    await rm(place, { recursive: true, force: true });
  }
}

const NO_DOCUMENT = { documentFamily: null, contentObject: null };
const BUILT_IN: ModuleMetadata = { kind: 'node', moduleRuntimeRef: 'gantry/default', options: [] };

function refOf(module: RunnableModule, node: NodeRunner, problems: string[]): string {
  if (typeof module === 'string') return module.replace('module://', '');
  const [ref] = module.ref === null ? node.modules.map((one) => one.ref) : [module.ref];
  if (ref !== undefined) return ref;
  const [problem = `${module.index}: its default export is not a module (see defineModule)`] = problems.splice(0);
  throw new ModuleFolderError(problem);
}

function problemIn(fields: object): string {
  return 'problem' in fields ? String(fields.problem) : JSON.stringify(fields);
}
