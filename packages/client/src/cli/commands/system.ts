import type { Overview } from '@gantry/contracts/http/overview';
import type { Command } from 'commander';
import { addListOptions, type ListFlags, listText } from '../list-options.ts';
import type { RunCommand } from '../session.ts';
import { durationText } from '../show-time.ts';
import { textFields } from '../text-table.ts';

/** `gantry overview` and `gantry runtimes`: how it all is doing. */
export function addSystemCommands(program: Command, run: RunCommand): void {
  program
    .command('overview')
    .description('how many executions there are in each status, and what waits')
    .action(
      run(async ({ client, print }) => {
        const overview = await client.overview();
        await print.answer(overview, () => overviewText(overview));
      }),
    );
  addListOptions(
    program.command('runtimes').alias('runtime').description('the pools of workers, and what waits for them'),
  ).action(
    run<ListFlags>(async ({ client, print }, _args, flags) => {
      const page = await client.moduleRuntimes.list(flags);
      await print.answer(page, () =>
        listText(page, ['runtime', 'workers', 'running', 'waiting', 'delayed', 'oldest'], (runtime) => [
          ...[runtime.ref, runtime.workers, runtime.active, runtime.queueDepth, runtime.delayed],
          durationText(runtime.oldestWaitMs),
        ]),
      );
    }),
  );
}

function overviewText({ total, statuses, waiting, lastHour }: Overview): string {
  const { failureRate } = lastHour;
  return textFields({
    executions: total,
    ...Object.fromEntries(Object.entries(statuses).filter(([, count]) => count > 0)),
    'waiting to be admitted': waiting.admission || null,
    'waiting to be planned': waiting.planning || null,
    'waiting for workers': waiting.workers || null,
    'created in the last hour': lastHour.created,
    'of them failed': failureRate === null ? null : `${Math.round(failureRate * 100)} %`,
  });
}
