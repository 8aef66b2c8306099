import type { ApiKeyInput } from '@gantry/contracts/http/api-key';
import type { Command } from 'commander';
import { addListOptions, type ListFlags, listText } from '../list-options.ts';
import { collect } from '../read-input.ts';
import type { RunCommand } from '../session.ts';
import { instantText } from '../show-time.ts';

/** `gantry keys ...` */
export function addKeyCommands(program: Command, run: RunCommand): void {
  const group = program.command('keys').alias('key').description('API keys of the organization');
  addListOptions(group.command('list').description('list API keys, without their secrets')).action(
    run<ListFlags>(async ({ client, print }, _args, flags) => {
      const page = await client.keys.list(flags);
      await print.answer(page, () =>
        listText(page, ['id', 'name', 'scopes', 'created'], ({ id, name, scopes, createdOn }) => [
          ...[id, name, scopes.join(' '), instantText(createdOn)],
        ]),
      );
    }),
  );
  group
    .command('create <name>')
    .description('create an API key; it is printed this once')
    .requiredOption(
      '-s, --scope <scope>',
      'events:write, executions:read, executions:write, assistants:write, admin; repeatable',
      collect,
    )
    .action(
      run<{ scope: string[] }>(async ({ client, print }, [name = ''], { scope }) => {
        // Which scopes there are is for the api to say.
        const key = await client.keys.create({ name, scopes: scope as ApiKeyInput['scopes'] });
        await print.answer(key, () => key.key);
      }),
    );
  group
    .command('revoke <id>')
    .description('revoke an API key')
    .action(
      run(async ({ client, print }, [id = '']) => {
        await client.keys.revoke(id);
        await print.answer({ id, revoked: true }, () => `${id} is revoked`);
      }),
    );
}
