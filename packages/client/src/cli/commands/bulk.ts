import type { BulkKind, BulkOperation } from '@gantry/contracts/http/bulk-operation';
import type { Command } from 'commander';
import { collect } from '../read-input.ts';
import type { RunCommand } from '../session.ts';

const VERBS: readonly { verb: string; kind: BulkKind; description: string; would: string }[] = [
  {
    verb: 'cancel',
    kind: 'CANCEL',
    would: 'would be cancelled',
    description: 'cancel the executions that match a filter, and everything they caused',
  },
  {
    verb: 'reprocess',
    kind: 'REPROCESS',
    would: 'would be created',
    description: 'run the finished executions that match a filter again',
  },
  {
    verb: 'restart',
    kind: 'RESTART',
    would: 'would be created',
    description: 'run the finished executions that match a filter again from their first step that did not succeed',
  },
  {
    verb: 'delete',
    kind: 'DELETE',
    would: 'would be deleted',
    description: 'remove the finished executions that match a filter, with their steps, outputs and logs',
  },
];

interface BulkFlags {
  filter: string[];
  dryRun?: boolean;
  wait?: boolean;
}

/** `gantry bulk ...`: what is done to many executions at once. */
export function addBulkCommands(program: Command, run: RunCommand): void {
  const group = program.command('bulk').description('cancel, repeat or delete many executions');
  for (const { verb, kind, description, would } of VERBS) {
    group
      .command(verb)
      .description(description)
      .requiredOption('-f, --filter <filter>', 'which; of several, all must hold', collect)
      .option('--dry-run', 'only say how many')
      .option('-w, --wait', 'print how far it is until it is completed')
      .action(
        run<BulkFlags>(async ({ client: { bulkOperations }, print }, _args, { filter, dryRun, wait }) => {
          if (dryRun) {
            const count = await bulkOperations.count(kind, filter);
            await print.answer({ dryRun, count }, () => `${count} executions ${would}`);
            return;
          }
          const operation = await bulkOperations.start(kind, filter);
          if (!wait) return print.answer(operation, () => progressText(operation));
          for await (const progress of bulkOperations.watch(operation.id)) {
            print.part(progress, () => progressText(progress));
          }
        }),
      );
  }
  group
    .command('get <id>')
    .description('how far an operation is')
    .action(
      run(async ({ client, print }, [id = '']) => {
        const operation = await client.bulkOperations.get(id);
        await print.answer(operation, () => progressText(operation));
      }),
    );
}

function progressText({ id, status, done, failed, total }: BulkOperation): string {
  return `${id}  ${status}  ${done} of ${total}${failed > 0 ? `, ${failed} failed` : ''}`;
}
