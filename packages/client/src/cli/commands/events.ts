import type { EventInput } from '@gantry/contracts/http/event';
import type { Command } from 'commander';
import { addListOptions, type ListFlags, listText } from '../list-options.ts';
import { assistantNames, projectId } from '../names.ts';
import { readJsonObject, wholeNumber } from '../read-input.ts';
import type { RunCommand } from '../session.ts';
import { executionRows } from '../show-execution.ts';
import { instantText } from '../show-time.ts';
import { textTable } from '../text-table.ts';
import { addWaitOptions, exitCodeOf, type WaitFlags, waitForAll } from '../wait-for-all.ts';

interface EventFlags extends WaitFlags {
  type: string;
  project?: string;
  data?: string;
  id?: string;
  source?: string;
  priority?: number;
  store?: string;
  family?: string;
  content?: string;
  channel?: string;
  message?: string;
  task?: string;
}

/** `gantry events ...` */
export function addEventCommands(program: Command, run: RunCommand): void {
  const group = program.command('events').alias('event').description('hand in events, and see what came of them');
  addListOptions(
    group.command('list').description('list events, newest first, with the executions they caused'),
  ).action(
    run<ListFlags>(async ({ client, print }, _args, flags) => {
      const page = await client.events.list(flags);
      await print.answer(page, () =>
        listText(page, ['id', 'type', 'source', 'created', 'executions'], ({ id, eventType, source, ...event }) => [
          ...[id, eventType, source, instantText(event.createdOn)],
          event.executions.map((execution) => execution.status).join(' '),
        ]),
      );
    }),
  );
  addWaitOptions(
    group
      .command('send')
      .description('hand in an event')
      .requiredOption('-t, --type <type>', 'such as TASK_CREATED')
      .option('-p, --project <id-or-slug>', 'not needed if the store belongs to one project')
      .option('-d, --data <json>', 'a JSON object, or @file')
      .option('--id <id>', 'its identity: sent again, it is answered with the same executions')
      .option('--source <source>', 'who says so')
      .option('--priority <number>', 'from 0 to 1000, higher first', wholeNumber)
      .option('--store <id-or-ref>', 'what the event is about')
      .option('--family <id>', 'what the event is about')
      .option('--content <id>', 'what the event is about')
      .option('--channel <id>', 'what the event is about')
      .option('--message <id>', 'what the event is about')
      .option('--task <id>', 'what the event is about'),
  ).action(
    run<EventFlags>(async ({ client, print, exitWith }, _args, flags) => {
      const event: EventInput = {
        eventType: flags.type,
        id: flags.id,
        source: flags.source,
        projectId: flags.project && (await projectId(client, flags.project)),
        priority: flags.priority,
        storeId: flags.store,
        documentFamilyId: flags.family,
        contentObjectId: flags.content,
        channelId: flags.channel,
        messageId: flags.message,
        taskId: flags.task,
        data: flags.data === undefined ? undefined : await readJsonObject('--data', flags.data),
      };
      const answer = await client.events.send(event);
      if (answer.executions.length === 0) {
        await print.answer(answer, () => `${eventText(answer)}\n\nno assistant reacts to ${flags.type}`);
        return;
      }
      if (!flags.wait) {
        const rows = answer.executions.map(({ id, status, priority }) => [id, status, priority]);
        await print.answer(
          answer,
          () => `${eventText(answer)}\n\n${textTable(['execution', 'status', 'priority'], rows)}`,
        );
        return;
      }
      const ids = answer.executions.map(({ id }) => id);
      const executions = await waitForAll(client, ids, flags.timeout);
      await print.answer(executions, async () => executionRows(executions, await assistantNames(client, executions)));
      exitWith(exitCodeOf(executions));
    }),
  );
}

function eventText({ eventId, duplicate }: { eventId: string; duplicate: boolean }): string {
  return `event ${eventId}${duplicate ? ' was accepted before' : ''}`;
}
