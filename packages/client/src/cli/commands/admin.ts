import type { Doctor } from '@gantry/contracts/http/diagnosis';
import type { Pauses, PauseTarget } from '@gantry/contracts/http/pause';
import type { ReKeyed } from '@gantry/contracts/http/re-key';
import type { Command } from 'commander';
import { EXIT, UsageError } from '../exit-code.ts';
import { collect, wholeNumber } from '../read-input.ts';
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
    .command('requeue [ids...]')
    .description('set unfinished executions going again, unless a worker runs them')
    .option('-f, --filter <filter>', 'which; of several, all must hold', collect)
    .option('--dry-run', 'only say how many')
    .action(
      run<{ filter?: string[]; dryRun?: boolean }>(async ({ client, print }, ids, { filter = [], dryRun }) => {
        const wanted = ids.length === 0 ? filter : [...filter, `id in (${ids.map((id) => `'${id}'`).join(', ')})`];
        if (wanted.length === 0) throw new UsageError('say which: ids of executions, or --filter.');
        if (dryRun) {
          const count = await client.admin.countRequeueable(wanted);
          await print.answer({ dryRun, count }, () => `${count} executions would be asked for`);
          return;
        }
        const requeued = await client.admin.requeue(wanted);
        await print.answer(requeued, () => `${requeued.requested} executions are set going again by the leader`);
      }),
    );
  group
    .command('prune')
    .description('remove now what has been kept for longer than so many days')
    .option('--executions <days>', 'since executions finished', wholeNumber)
    .option('--events <days>', 'since events came', wholeNumber)
    .option('--dry-run', 'only say how many')
    .action(
      run<{ executions?: number; events?: number; dryRun?: boolean }>(async ({ client, print }, _args, flags) => {
        const { executions: executionDays, events: eventDays, dryRun = false } = flags;
        const total = { executions: 0, events: 0 };
        for (let more = true; more; ) {
          const pruned = await client.admin.prune({ executionDays, eventDays, dryRun });
          total.executions += pruned.executions;
          total.events += pruned.events;
          more = pruned.more;
        }
        const done = dryRun ? 'would be removed' : 'were removed';
        await print.answer(total, () => `${total.executions} executions and ${total.events} events ${done}`);
      }),
    );
  group
    .command('re-key')
    .description('seal every secret with the first key of GANTRY_SECRETS_KEY')
    .action(
      run(async ({ client, print, exitWith }) => {
        const done = await client.admin.reKey();
        await print.answer(done, () => reKeyedText(done));
        if (done.lost > 0) exitWith(EXIT.error);
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

function reKeyedText({ keyId, resealed, lost }: ReKeyed): string {
  const sealed = `${resealed} secrets were sealed with another key, and are sealed with ${keyId} now`;
  if (lost === 0) return `${sealed}; no other key is needed`;
  return `${sealed}; ${lost} are sealed with keys that GANTRY_SECRETS_KEY does not have: give those too, or save them again`;
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
