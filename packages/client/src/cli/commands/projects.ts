import type { Project } from '@gantry/contracts/http/project';
import type { Command } from 'commander';
import { addListOptions, type ListFlags, moreText } from '../list-options.ts';
import type { RunCommand } from '../session.ts';
import { textTable } from '../text-table.ts';

/** `gantry projects ...` */
export function addProjectCommands(program: Command, run: RunCommand): void {
  const group = program.command('projects').alias('project').description('what assistants and stores belong to');
  addListOptions(group.command('list').description('list projects')).action(
    run<ListFlags>(async ({ client, print }, _args, flags) => {
      const page = await client.projects.list(flags);
      await print.answer(page, () => projectTable(page.content) + moreText(page));
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
        await print.answer(project, () => projectTable([project]));
      }),
    );
}

function projectTable(projects: readonly Project[]): string {
  return textTable(
    ['id', 'slug', 'name', 'description'],
    projects.map(({ id, slug, name, description }) => [id, slug, name, description]),
  );
}
