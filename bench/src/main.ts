/**
 * npm run bench -- [workloads] [--rounds N] [--seconds N] [--backlogs N,N] [--executions N]: Gantry through HTTP,
 * beside its peers where there are any, each workload on a Redis (append-only) and a Postgres (fsync) of its own, all on this
 * machine; without names all but the lists, which first fill a record of a million. Numbers are the machine's, only ratios
 * within one run tell something.
 * npm run bench -- --check: what an execution costs the servers, in numbers that do not depend on the machine, and whether
 * that is within the budgets of budgets.ts.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { check } from './check.ts';
import type { Workload } from './workload.ts';
import { backlogs } from './workloads/backlogs.ts';
import { documents } from './workloads/documents.ts';
import { ingestion } from './workloads/ingestion.ts';
import { cancelling, resuming } from './workloads/interruption.ts';
import { latency } from './workloads/latency.ts';
import { LEAST_EXECUTIONS, lists } from './workloads/lists.ts';
import { scaling } from './workloads/scaling.ts';
import { slots } from './workloads/slots.ts';
import { throughput } from './workloads/throughput.ts';
import { usage } from './workloads/usage.ts';

const WORKLOADS: Record<string, Workload> = {
  throughput,
  latency,
  cancelling,
  resuming,
  ingestion,
  backlogs,
  usage,
  scaling,
  slots,
  documents,
  lists,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    check: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '2' },
    backlogs: { type: 'string', default: '1000,10000,100000' },
    executions: { type: 'string', default: '1000000' },
  },
});
if (values.check) process.exit((await check()) ? 0 : 1);

const [rounds, seconds, executions] = [Number(values.rounds), Number(values.seconds), Number(values.executions)];
const backlogSizes = values.backlogs.split(',').map(Number);
const names =
  positionals.length > 0 ? positionals : Object.keys(WORKLOADS).filter((name) => !WORKLOADS[name]?.onlyByName);
const unknown = names.filter((name) => WORKLOADS[name] === undefined);
const isMeasurable =
  rounds >= 1 && seconds > 0 && executions >= LEAST_EXECUTIONS && backlogSizes.every((size) => size > 0);
if (unknown.length > 0 || !isMeasurable) {
  console.error(
    `npm run bench -- [${Object.keys(WORKLOADS).join(' | ')}] [--rounds N] [--seconds N] [--backlogs N,N] [--executions N] | --check; without names all but lists`,
  );
  process.exit(2);
}
console.log(`${availableParallelism()} cores, ${rounds} rounds, about ${seconds} s for each measurement`);
for (const name of names) {
  const workload = WORKLOADS[name];
  if (workload === undefined) continue;
  console.log(`\n${workload.title}`);
  const { rows, notes = [] } = await workload.run({ rounds, seconds, backlogs: backlogSizes, executions });
  console.table(rows);
  for (const note of notes) console.log(note);
}
