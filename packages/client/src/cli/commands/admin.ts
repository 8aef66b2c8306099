import type { Command } from 'commander';
import type { RunCommand } from '../session.ts';

/** `gantry admin ...`: what keeps a Gantry in order. */
export function addAdminCommands(program: Command, run: RunCommand): void {
  const group = program.command('admin').description('keep the system in order');
  group
    .command('rebuild-rollups')
    .description('count executions and durations of steps anew')
    .action(
      run(async ({ client, print }) => {
        const rebuilt = await client.rollups.rebuild();
        await print.answer(rebuilt, () => {
          const wrong = rebuilt.executions + rebuilt.durations;
          return wrong === 0 ? 'every number was right' : `${wrong} numbers were corrected`;
        });
      }),
    );
}
