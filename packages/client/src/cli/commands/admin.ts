import type { Doctor } from '@gantry/contracts/http/diagnosis';
import type { Pauses, PauseTarget } from '@gantry/contracts/http/pause';
import type { Command } from 'commander';
import { EXIT, UsageError } from '../exit-code.ts';
import type { RunCommand } from '../session.ts';
import { instantText } from '../show-time.ts';
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
  const addTarget = (command: Command) =>
    command
      .option('--all', 'everything')
      .option('-r, --runtime <org/slug>', 'a module runtime')
      .option('-a, --assistant <id>', 'an assistant');
  addTarget(group.command('pause'))
    .description('let nothing new start; what runs goes on, and events are taken')
    .option('--reason <text>', 'shown wherever it is said')
    .action(
      run<TargetFlags & { reason?: string }>(async ({ client, print }, _args, { reason, ...flags }) => {
        const paused = await client.admin.pause({ ...targetOf(flags), ...(reason !== undefined && { reason }) });
        await print.answer(paused, () => pausesText(paused));
      }),
    );
  addTarget(group.command('resume'))
    .description('let go on what was paused')
    .action(
      run<TargetFlags>(async ({ client, print }, _args, flags) => {
        const paused = await client.admin.resume(targetOf(flags));
        await print.answer(paused, () => pausesText(paused));
      }),
    );
  group
    .command('pauses')
    .description('what is paused, since when and why')
    .action(
      run(async ({ client, print }) => {
        const paused = await client.admin.pauses();
        await print.answer(paused, () => pausesText(paused));
      }),
    );
  group
    .command('workers')
    .description('the workers that are there')
    .action(
      run(async ({ client, print }) => {
        const found = await client.admin.workers();
        const rows = found.workers.map(({ id, startedOn, runtimes, modules }) => [
          ...[id, instantText(startedOn), runtimes.join(', '), modules],
        ]);
        await print.answer(found, () => textTable(['worker', 'started', 'runtimes', 'modules'], rows));
      }),
    );
  group
    .command('drain <worker>')
    .description('let a worker take no more, hand back what it does, and end')
    .action(
      run(async ({ client, print }, [id = '']) => {
        const worker = await client.admin.drain(id);
        await print.answer(worker, () => `${worker.id} ends as soon as it has handed back what it runs`);
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

interface TargetFlags {
  all?: boolean;
  runtime?: string;
  assistant?: string;
}

function targetOf({ all, runtime, assistant }: TargetFlags): PauseTarget {
  const given = [all, runtime, assistant].filter((flag) => flag !== undefined);
  if (given.length !== 1) throw new UsageError('say what: one of --all, --runtime and --assistant.');
  if (runtime !== undefined) return { runtime };
  return assistant === undefined ? { everything: true } : { assistantId: assistant };
}

function pausesText({ pauses }: Pauses): string {
  if (pauses.length === 0) return 'nothing is paused';
  return textTable(
    ['paused', 'since', 'by', 'reason'],
    pauses.map(({ kind, target, reason, pausedBy, pausedOn }) => [
      ...[target === null ? kind : `${kind} ${target}`, instantText(pausedOn), pausedBy, reason ?? ''],
    ]),
  );
}
