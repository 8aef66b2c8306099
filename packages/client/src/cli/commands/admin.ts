import type { Doctor } from '@gantry/contracts/http/diagnosis';
import type { Command } from 'commander';
import { EXIT } from '../exit-code.ts';
import type { RunCommand } from '../session.ts';
import { textTable } from '../text-table.ts';

/** `gantry admin ...`: what keeps a Gantry in order. */
export function addAdminCommands(program: Command, run: RunCommand): void {
  const group = program.command('admin').description('keep the system in order');
  group
    .command('doctor')
    .description('look at everything, and say what to do; exits with 1 if something is bad')
    .action(
      run(async ({ client, print, exitWith }) => {
        const doctor = await client.admin.doctor();
        await print.answer(doctor, () => doctorText(doctor));
        if (doctor.verdict === 'bad') exitWith(EXIT.error);
      }),
    );
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

function doctorText({ checks }: Doctor): string {
  const table = textTable(
    ['check', 'verdict', 'found'],
    checks.map(({ check, verdict, found }) => [check, verdict, found]),
  );
  const advice = checks.flatMap(({ check, advice }) => (advice === null ? [] : [`${check}: ${advice}`]));
  return advice.length === 0 ? table : `${table}\n\n${advice.join('\n')}`;
}
