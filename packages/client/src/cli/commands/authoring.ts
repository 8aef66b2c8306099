import { openAsBlob } from 'node:fs';
import { resolve } from 'node:path';
import type { ModuleVersion } from '@gantry/contracts/http/module';
import type { Command } from 'commander';
import { developModule } from '../develop-module.ts';
import { placesOf } from '../error-place.ts';
import { EXIT, UsageError } from '../exit-code.ts';
import { projectId } from '../names.ts';
import { readJson, readJsonObject, seconds } from '../read-input.ts';
import type { Desk, RunAtDesk, RunCommand, Session } from '../session.ts';
import { textTable } from '../text-table.ts';

interface NewFlags {
  python?: boolean;
  script?: boolean;
  http?: boolean;
}

interface GivenFlags {
  file?: string;
  options?: string;
  context?: string;
  input?: string;
}

interface RunFlags extends GivenFlags {
  timeout?: number;
}

interface DevFlags extends GivenFlags {
  project?: string;
  once?: boolean;
}

/**
 * `gantry module new|run|test|dev|publish`. What runs modules is loaded when it is needed: other commands start without it.
 */
export function addAuthoringCommands(group: Command, run: RunCommand, runAtDesk: RunAtDesk): void {
  group
    .command('new')
    .argument('<ref>', 'organization/slug')
    .argument('[folder]', 'where; the slug when absent')
    .description('make a module with its test')
    .option('--python', 'in Python (a program; any language is one)')
    .option('--script', 'a script that runs in a sandbox, without files and network')
    .option('--http', 'an endpoint, which may run anywhere')
    .action(
      runAtDesk<NewFlags>((desk, [ref = '', folder], flags) => authored(() => makeNew(desk, ref, folder, flags))),
    );

  withGiven(
    group
      .command('run')
      .argument('<module>', 'folder of a module, or the ref of one that ships with Gantry')
      .description('run a module once, without any server, and print its output'),
  )
    .option('--timeout <seconds>', 'end it after so many', seconds)
    .action(runAtDesk<RunFlags>((desk, [module = ''], flags) => authored(() => runModule(desk, module, flags))));

  group
    .command('test')
    .argument('<folder>')
    .description("run a module's own tests, without any server")
    .action(runAtDesk((desk, [folder = '']) => authored(() => testModule(desk, folder))));

  withGiven(
    group
      .command('dev')
      .argument('<folder>')
      .description('run a module in the Gantry that runs, again at each save, and show what it logs and gives'),
  )
    .option('--project <project>', 'id or slug of the project it runs in')
    .option('--once', 'run it once, and end')
    .action(
      run<DevFlags>(async (session, [folder = ''], { project, file, options, context, input, once = false }) => {
        const given = {
          options: options === undefined ? {} : await readJsonObject('--options', options),
          context: context === undefined ? {} : await readJsonObject('--context', context),
          input: input === undefined ? undefined : await readJson('--input', input),
          file,
          projectId: await projectId(session.client, project ?? (await onlyProject(session))),
        };
        await authored(() => developModule(session, folder, { given, once }));
      }),
    );
  addVersionCommands(group, run);
}

interface PublishFlags {
  as?: string;
  dryRun?: boolean;
}

/** `gantry module publish`, and what becomes of versions. */
function addVersionCommands(group: Command, run: RunCommand): void {
  group
    .command('publish')
    .argument('<folder>')
    .description('publish a version of a module: workers fetch its files, nobody copies folders')
    .option('--as <version>', 'instead of that of package.json or gantry.json')
    .option('--dry-run', 'say what would be published')
    .action(
      run<PublishFlags>((session, [folder = ''], flags) => authored(() => publishModule(session, folder, flags))),
    );
  group
    .command('versions')
    .argument('<ref>', 'organization/slug')
    .description('list the published versions of a module')
    .action(
      run(async ({ client, print }, [ref = '']) => {
        const page = await client.modules.versions(ref, { pageSize: 100 });
        await print.answer(page, () => textTable(VERSION_HEADS, page.content.map(versionRow)));
      }),
    );
  group
    .command('withdraw')
    .argument('<ref>', 'organization/slug:version')
    .description('plan nothing new with a version; what was planned with it goes on')
    .action(
      run(async ({ client, print }, [ref = '']) => {
        const [, name = '', version] = /^(.*?\/[^:]*):(.+)$/.exec(ref) ?? [];
        if (version === undefined) throw new UsageError('expected organization/slug:version.');
        await client.modules.withdraw(name, version);
        await print.answer({ withdrawn: ref }, () => `withdrew ${ref}`);
      }),
    );
}

const VERSION_HEADS = ['version', 'kind', 'runtime', 'files', 'MB', 'published', 'by', 'is'];

function versionRow({ version, metadata, publishedOn, publishedBy, withdrawnOn, latest }: ModuleVersion): string[] {
  const { kind, moduleRuntimeRef, bundle } = metadata;
  const size = ((bundle?.size ?? 0) / 1_000_000).toFixed(2);
  const state = withdrawnOn === null ? (latest ? 'latest' : '') : 'withdrawn';
  return [version, kind, moduleRuntimeRef, String(bundle?.files ?? 0), size, publishedOn, publishedBy, state];
}

async function publishModule(session: Session, path: string, { as: version, dryRun }: PublishFlags): Promise<void> {
  const { readModuleFolder } = await import('@gantry/authoring/module-folder');
  const { packModule } = await import('@gantry/authoring/publication');
  await using packed = await packModule(await readModuleFolder(resolve(session.folder, path)), version);
  const { ref, manifest, sum, file } = packed;
  const what = `module://${ref}:${manifest.version}`;
  const size = `${sum.files} files, ${(sum.size / 1_000_000).toFixed(2)} MB, sha256 ${sum.sha256}`;
  if (dryRun) {
    await session.print.answer({ ref: what, ...sum }, () => `would publish ${what}\n  ${size}`);
    return;
  }
  const published = await session.client.modules.publish(ref, manifest, await openAsBlob(file));
  await session.print.answer(published, () =>
    [`published ${what}${published.latest ? ', the latest' : ''}`, `  ${size}`].join('\n'),
  );
}

function withGiven(command: Command): Command {
  return command
    .option('--file <file>', 'the document: its content object')
    .option('--options <json>', 'options of the step: JSON, or @file')
    .option('--context <json>', 'context of the execution: JSON, or @file')
    .option('--input <json>', 'output of the step before: JSON, or @file');
}

/** What is wrong with a folder is wrong usage. */
async function authored(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof Error && error.name === 'ModuleFolderError') throw new UsageError(error.message);
    throw error;
  }
}

async function onlyProject({ client }: Session): Promise<string> {
  const [project, another] = (await client.projects.list({ pageSize: 2 })).content;
  if (project === undefined || another !== undefined)
    throw new UsageError('there are several projects: give --project.');
  return project.id;
}

async function makeNew({ folder, print }: Desk, ref: string, into: string | undefined, flags: NewFlags): Promise<void> {
  const { newModule } = await import('@gantry/authoring/new-module');
  const [template = 'node', another] = (['python', 'script', 'http'] as const).filter((kind) => flags[kind]);
  if (another !== undefined) throw new UsageError(`--${template} goes without --${another}`);
  const place = into ?? ref.replace(/^.*\//, '');
  const files = await newModule(ref, template, resolve(folder, place));
  await print.answer({ folder: place, files }, () => {
    const lines = files.map((file) => `  ${place}/${file}`);
    const next = [`gantry module test ${place}`, `gantry module run ${place} --input '"some words"'`];
    return ['made', ...lines, '', 'next', ...next.map((command) => `  ${command}`)].join('\n');
  });
}

async function runModule(desk: Desk, module: string, flags: RunFlags): Promise<void> {
  const { print, say, env, folder, exitWith } = desk;
  const { isBuiltIn, runOnce } = await import('@gantry/authoring/run-once');
  const { readModuleFolder } = await import('@gantry/authoring/module-folder');
  const { file, options, context, input, timeout } = flags;
  const result = await runOnce(isBuiltIn(module) ? module : await readModuleFolder(resolve(folder, module)), {
    options: options === undefined ? {} : await readJsonObject('--options', options),
    context: context === undefined ? {} : await readJsonObject('--context', context),
    input: input === undefined ? null : await readJson('--input', input),
    file: file === undefined ? undefined : resolve(folder, file),
    timeoutMs: timeout,
    env,
    say,
    onLog: ({ level, message, fields }) =>
      say(`${level.padEnd(5)} ${message}${fields === undefined ? '' : ` ${JSON.stringify(fields)}`}`),
    onProgress: ({ done, max }) => say(`progress ${done}${max === null ? '' : `/${max}`}`),
    onStatusMessage: ({ title, subtitle }) => say(`status ${[title, subtitle].filter(Boolean).join(': ')}`),
    onEmit: (event) => say(`event ${JSON.stringify(event)}`),
    onLabel: (label, labelled) => say(`label ${labelled ? '+' : '-'}${label}`),
    onContent: ({ ref, size }) => say(`content ${ref} ${size} bytes`),
  });
  if (result.outcome === 'succeeded') {
    await print.answer(result.output, () => JSON.stringify(result.output, null, 2));
    return;
  }
  exitWith(EXIT.failed);
  if (!('error' in result)) {
    say('It answers later; that takes a Gantry that runs: gantry module dev');
    return;
  }
  const { code, message, advice, stackTrace } = result.error;
  say(`${result.outcome} ${code}: ${message}`);
  for (const place of placesOf(code, stackTrace)) say(place);
  if (advice !== undefined) say(advice);
}

async function testModule({ env, say, folder, exitWith }: Desk, path: string): Promise<void> {
  const { readModuleFolder } = await import('@gantry/authoring/module-folder');
  const { testModule } = await import('@gantry/authoring/test-module');
  const passed = await testModule(await readModuleFolder(resolve(folder, path)), { env, say });
  if (!passed) exitWith(EXIT.failed);
}
