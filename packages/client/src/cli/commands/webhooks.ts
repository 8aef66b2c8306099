import type { WebhookInput } from '@gantry/contracts/http/webhook';
import type { Command } from 'commander';
import { addListOptions, type ListFlags, listText } from '../list-options.ts';
import { projectId } from '../names.ts';
import { collect } from '../read-input.ts';
import type { RunCommand } from '../session.ts';
import { instantText } from '../show-time.ts';
import { textFields } from '../text-table.ts';

interface CreateFlags {
  event: string[];
  filter?: string;
  name?: string;
  project?: string;
}

/** `gantry webhooks ...` */
export function addWebhookCommands(program: Command, run: RunCommand): void {
  const group = program.command('webhooks').alias('webhook').description('where events are told');
  addListOptions(group.command('list').description('list webhooks and how they do')).action(
    run<ListFlags>(async ({ client, print }, _args, flags) => {
      const page = await client.webhooks.list(flags);
      await print.answer(page, () =>
        listText(page, ['id', 'url', 'events', 'filter', 'state'], ({ id, url, events, filter, ...webhook }) => [
          ...[id, url, events.join(' '), filter],
          webhook.active ? (webhook.failingSince ? 'failing' : 'active') : (webhook.disabledReason ?? 'off'),
        ]),
      );
    }),
  );
  group
    .command('create <url>')
    .description('tell events to an https address, or to mailto: and a mailbox; its secret is printed this once')
    .requiredOption(
      '-e, --event <event>',
      'execution.finished, execution.failed, document-family.updated, bulk-operation.finished, alert.firing, alert.resolved; repeatable',
      collect,
    )
    .option('-f, --filter <filter>', 'of the things that the events are about')
    .option('-n, --name <name>', 'the host if not given')
    .option('-p, --project <id-or-slug>', 'every project if not given')
    .action(
      run<CreateFlags>(async ({ client, print }, [url = ''], { event, filter, name, project }) => {
        // Which events there are is for the api to say.
        const events = event as WebhookInput['events'];
        const within = project && (await projectId(client, project));
        const webhook = await client.webhooks.create({ url, events, filter, name, projectId: within });
        await print.answer(webhook, () => textFields({ id: webhook.id, secret: webhook.secret }));
      }),
    );
  group
    .command('test <id>')
    .description('send the event webhook.test')
    .action(
      run(async ({ client, print }, [id = '']) => {
        const delivery = await client.webhooks.test(id);
        await print.answer(delivery, () => `delivery ${delivery.id}`);
      }),
    );
  for (const active of [true, false]) {
    group
      .command(`${active ? 'enable' : 'disable'} <id>`)
      .description(active ? 'send again' : 'send nothing any more, what waits included')
      .action(
        run(async ({ client, print }, [id = '']) => {
          const webhook = await client.webhooks.update(id, { active });
          await print.answer(webhook, () => `${id} is ${active ? 'on' : 'off'}`);
        }),
      );
  }
  group
    .command('rotate-secret <id>')
    .description('make a new secret and print it; for a day the one before signs too')
    .action(
      run(async ({ client, print }, [id = '']) => {
        const webhook = await client.webhooks.rotateSecret(id);
        await print.answer(webhook, () => webhook.secret);
      }),
    );
  group
    .command('delete <id>')
    .description('remove a webhook')
    .action(
      run(async ({ client, print }, [id = '']) => {
        await client.webhooks.delete(id);
        await print.answer({ id, deleted: true }, () => `${id} is removed`);
      }),
    );
  addListOptions(group.command('deliveries <id>').description('what a webhook was told, newest first')).action(
    run<ListFlags>(async ({ client, print }, [id = ''], flags) => {
      const page = await client.webhooks.deliveries(id, flags);
      const heads = ['id', 'event', 'status', 'attempts', 'created', 'answer'];
      await print.answer(page, () =>
        listText(page, heads, ({ id: deliveryId, event, status, attempts, createdOn, error, statusCode }) => [
          ...[deliveryId, event, status, attempts, instantText(createdOn), error ?? statusCode],
        ]),
      );
    }),
  );
  group
    .command('resend <id> <delivery>')
    .description('send a delivery once more')
    .action(
      run(async ({ client, print }, [id = '', deliveryId = '']) => {
        const delivery = await client.webhooks.resend(id, deliveryId);
        await print.answer(delivery, () => `${delivery.id} is sent again`);
      }),
    );
}
