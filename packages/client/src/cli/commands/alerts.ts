import type { AlertInput } from '@gantry/contracts/http/alert';
import type { Command } from 'commander';
import { UsageError } from '../exit-code.ts';
import { addListOptions, type ListFlags, listText } from '../list-options.ts';
import { projectId } from '../names.ts';
import { readJsonObject } from '../read-input.ts';
import type { RunCommand } from '../session.ts';

interface CreateFlags {
  condition: string;
  project?: string;
  assistant?: string;
}

/** `gantry alerts ...` */
export function addAlertCommands(program: Command, run: RunCommand): void {
  const group = program.command('alerts').alias('alert').description('what is watched, and told to webhooks');
  addListOptions(group.command('list').description('list alerts, and what of them holds')).action(
    run<ListFlags>(async ({ client, print }, _args, flags) => {
      const page = await client.alerts.list(flags);
      const heads = ['id', 'name', 'kind', 'limits', 'state', 'message'];
      await print.answer(page, () =>
        listText(page, heads, ({ id, name, condition: { kind, ...limits }, active, firing, message }) => [
          ...[id, name, kind, JSON.stringify(limits), active ? (firing ? 'FIRING' : 'quiet') : 'off', message],
        ]),
      );
    }),
  );
  group
    .command('create <name>')
    .description('watch for a condition')
    .requiredOption('-c, --condition <json>', 'such as {"kind":"nothing-succeeded","minutes":30}, or @file')
    .option('-p, --project <id-or-slug>', 'every project if not given')
    .option('-a, --assistant <id>', 'every assistant if not given')
    .action(
      run<CreateFlags>(async ({ client, print }, [name = ''], { condition, project, assistant }) => {
        const alert = await client.alerts.create({
          name,
          condition: (await readJsonObject('--condition', condition)) as AlertInput['condition'],
          projectId: project && (await projectId(client, project)),
          assistantId: assistant,
        });
        await print.answer(alert, () => alert.id);
      }),
    );
  group
    .command('mute <id> <minutes>')
    .description('tell nobody for so many minutes; 0 lets it speak again')
    .action(
      run(async ({ client, print }, [id = '', minutes = '']) => {
        if (!/^\d{1,7}$/.test(minutes)) throw new UsageError('minutes: expected a whole number');
        const mutedUntil = new Date(Date.now() + Number(minutes) * 60_000).toISOString();
        const alert = await client.alerts.update(id, { mutedUntil });
        await print.answer(alert, () => `${id} is muted until ${mutedUntil}`);
      }),
    );
  group
    .command('delete <id>')
    .description('remove an alert')
    .action(
      run(async ({ client, print }, [id = '']) => {
        await client.alerts.delete(id);
        await print.answer({ id, deleted: true }, () => `${id} is removed`);
      }),
    );
}
