import type { Command } from 'commander';
import { followExecution } from '../follow-execution.ts';
import { addListOptions, type ListFlags } from '../list-options.ts';
import { assistantNames } from '../names.ts';
import { findPage, openInBrowser } from '../open-page.ts';
import { collect, seconds } from '../read-input.ts';
import type { RunCommand } from '../session.ts';
import { executionRows, executionTable, executionText } from '../show-execution.ts';
import { addWaitOptions, exitCodeOf, type WaitFlags, waitForAll } from '../wait-for-all.ts';

/** `gantry executions ...`: all of them. */
export function addExecutionGroup(program: Command, run: RunCommand): void {
  const group = program.command('executions').alias('execution').description('follow, cancel and repeat executions');
  addListOptions(group.command('list').description('list executions, newest first')).action(
    run<ListFlags>(async ({ client, print }, _args, flags) => {
      const page = await client.executions.list(flags);
      await print.answer(page, async () => executionTable(page, await assistantNames(client, page.content)));
    }),
  );
  addExecutionCommands(group, run);
}

/** Those about one execution, which the program itself has too: `gantry get`. */
export function addExecutionCommands(parent: Command, run: RunCommand): void {
  parent
    .command('get <id>')
    .description('show an execution with its steps')
    .action(
      run(async ({ client, print }, [id = '']) => {
        const execution = await client.executions.get(id, { outputs: true });
        await print.answer(execution, () => executionText(execution));
      }),
    );
  parent
    .command('open <id>')
    .description('open the page of an execution, a document or an assistant, or print its address')
    .action(
      run(async ({ client, print }, [id = '']) => {
        const address = await findPage(client, id);
        await print.answer({ address }, () => address);
        openInBrowser(address);
      }),
    );
  parent
    .command('cancel <id>')
    .description('cancel an execution and everything it caused')
    .action(
      run(async ({ client, print }, [id = '']) => {
        const execution = await client.executions.cancel(id);
        await print.answer(execution, () => `${execution.id} is ${execution.status}`);
      }),
    );
  parent
    .command('logs <id>')
    .description('print what the steps of an execution logged')
    .option('-f, --follow', 'go on until the execution has finished')
    .action(
      run<{ follow?: boolean }>(async ({ client, print }, [id = ''], { follow }) => {
        for await (const entry of client.executions.logs(id, { follow })) {
          print.part(entry, () => `${entry.logDate}  ${entry.level.padEnd(5)}  ${entry.entry}`);
        }
      }),
    );
  parent
    .command('watch <id>')
    .description('print what happens to an execution until it has finished')
    .option('--timeout <seconds>', 'give up after that long', seconds)
    .action(
      run<WaitFlags>(async (session, [id = ''], { timeout }) => {
        session.exitWith(exitCodeOf([await followExecution(session, id, timeout)]));
      }),
    );
  addWaitOptions(
    parent
      .command('reprocess <family-id>')
      .description('run assistants on a document family again; none named: all that processed it before')
      .option('-a, --assistant <id>', 'repeatable', collect),
  ).action(
    run<WaitFlags & { assistant?: string[] }>(
      async ({ client, print, exitWith }, [id = ''], { assistant, wait, timeout }) => {
        const created = await client.documentFamilies.reprocess(id, { assistantIds: assistant });
        const executions = wait
          ? await waitForAll(
              client,
              created.map((each) => each.id),
              timeout,
            )
          : created;
        await print.answer(executions, async () => executionRows(executions, await assistantNames(client, executions)));
        if (wait) exitWith(exitCodeOf(executions));
      },
    ),
  );
}
