import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { UsageError } from '../exit-code.ts';
import { addListOptions, type ListFlags, listText } from '../list-options.ts';
import { projectId } from '../names.ts';
import type { RunCommand } from '../session.ts';
import { instantText } from '../show-time.ts';

const OF_PROJECT = ['-p, --project <id-or-slug>', 'of a project; else of the organization'] as const;

/** `gantry secrets ...` */
export function addSecretCommands(program: Command, run: RunCommand): void {
  const group = program.command('secrets').alias('secret').description('passwords and tokens that steps get by name');
  addListOptions(group.command('list').description('list secrets, without their values')).action(
    run<ListFlags>(async ({ client, print }, _args, flags) => {
      const page = await client.secrets.list(flags);
      await print.answer(page, () =>
        listText(page, ['name', 'project', 'changed'], ({ name, projectId, updatedOn }) => [
          ...[name, projectId ?? '', instantText(updatedOn)],
        ]),
      );
    }),
  );
  group
    .command('set <name>')
    .description(
      'keep a secret; its value is read from standard input, and the line break at its end is not part of it',
    )
    .option(...OF_PROJECT)
    .action(
      run<{ project?: string }>(async ({ client, print, stdin }, [name = ''], { project }) => {
        // Not an argument: those are in the history of the shell, and in the list of processes.
        const value = (await text(stdin)).replace(/\r?\n$/, '');
        if (value === '') throw new UsageError('there is no value on standard input.');
        const owner = { projectId: project === undefined ? undefined : await projectId(client, project) };
        await print.answer(await client.secrets.set(name, value, owner), () => `${name} is kept`);
      }),
    );
  group
    .command('delete <name>')
    .description('remove a secret')
    .option(...OF_PROJECT)
    .action(
      run<{ project?: string }>(async ({ client, print }, [name = ''], { project }) => {
        const owner = { projectId: project === undefined ? undefined : await projectId(client, project) };
        await client.secrets.delete(name, owner);
        await print.answer({ name, deleted: true }, () => `${name} is removed`);
      }),
    );
}
