import type { Module, ModuleInput } from '@gantry/contracts/http/module';
import type { Command } from 'commander';
import type { Applied } from '../../resources/assistants.ts';
import { addListOptions, type ListFlags, listText } from '../list-options.ts';
import { readDefinitions } from '../read-input.ts';
import type { RunCommand } from '../session.ts';
import { textTable } from '../text-table.ts';

/** `gantry modules ...` */
export function addModuleCommands(program: Command, run: RunCommand): Command {
  const group = program.command('modules').alias('module').description('what steps of pipelines refer to');
  addListOptions(group.command('list').description('list modules')).action(
    run<ListFlags>(async ({ client, print }, _args, flags) => {
      const page = await client.modules.list(flags);
      await print.answer(page, () => listText(page, HEADS, rowOf));
    }),
  );
  group
    .command('apply')
    .description('create modules from a file, or update those of the same ref')
    .requiredOption('-f, --file <file>', 'YAML or JSON with one or several modules; - is standard input')
    .action(
      run<{ file: string }>(async ({ client, print, stdin }, _args, { file }) => {
        const applied: Applied<Module>[] = [];
        for (const input of await readDefinitions(file, stdin)) {
          applied.push(await client.modules.apply(input as ModuleInput));
        }
        await print.answer(
          applied.map(({ item }) => item),
          () =>
            textTable(
              ['outcome', ...HEADS],
              applied.map(({ outcome, item }) => [outcome, ...rowOf(item)]),
            ),
        );
      }),
    );
  return group;
}

const HEADS = ['ref', 'version', 'name', 'kind', 'runtime', 'active'];

function rowOf({ ref, version, name, metadata, active, withdrawnOn, builtIn }: Module) {
  const state = withdrawnOn !== null ? 'withdrawn' : builtIn ? 'built in' : active ? 'yes' : 'no';
  return [ref, version, name, metadata.kind, metadata.moduleRuntimeRef, state];
}
