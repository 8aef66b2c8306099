import type { Project } from '@gantry/contracts/http/project';
import type { Command } from 'commander';
import { addListOptions, type ListFlags, listText } from '../list-options.ts';
import type { RunCommand } from '../session.ts';
import { textTable } from '../text-table.ts';

/** `gantry projects ...` */
export function addProjectCommands(program: Command, run: RunCommand): void {
  const group = program.command('projects').alias('project').description('what assistants and stores belong to');
  addListOptions(group.command('list').description('list projects')).action(
    run<ListFlags>(async ({ client, print }, _args, flags) => {
      const page = await client.projects.list(flags);
      await print.answer(page, () => listText(page, HEADS, rowOf));
    }),
  );
  group
    .command('create <name>')
    .description('create a project')
    .option('--slug <slug>', 'made from the name if not given')
    .option('--description <text>')
    .action(
      run<{ slug?: string; description?: string }>(async ({ client, print }, [name = ''], fields) => {
        const project = await client.projects.create({ name, ...fields });
        await print.answer(project, () => textTable(HEADS, [rowOf(project)]));
      }),
    );
}

const HEADS = ['id', 'slug', 'name', 'description'];

function rowOf({ id, slug, name, description }: Project) {
  return [id, slug, name, description];
}
