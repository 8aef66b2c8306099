import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import { EXECUTIONS_QUEUE, runtimeQueueName } from '@gantry/dispatch/queue-names';
import { RuntimeRegistry } from '@gantry/dispatch/runtime-registry';
import type { Shards } from '@gantry/dispatch/shards';
import { fromQueuePriority } from '@gantry/domain/priority';
import { type RequestHandler, Router } from 'express';
import { BOARD_PATH } from './board-access.ts';

const REFRESH_MS = 2_000;

const DESCRIPTION =
  'A job is COMPLETED once it was taken care of, whatever came of it: its execution tells whether it failed.';

/** The console's page of the execution that a job is of, or of the first that share it. */
function linkTo(data: unknown): { href: string; displayText: string } {
  const { executionId, executions } = data as { executionId?: string; executions?: { executionId: string }[] };
  const id = executionId ?? executions?.[0]?.executionId;
  return { href: id === undefined ? '/executions' : `/executions/${id}`, displayText: 'the execution' };
}

/** Shows the priority that an execution has, not the place among BullMQ's numbers that it is given. */
class GantryQueue extends BullMQAdapter {
  override async getJob(id: string) {
    const job = await super.getJob(id);
    return job && asPrioritized(job);
  }

  override async getJobs(...which: Parameters<BullMQAdapter['getJobs']>) {
    return (await super.getJobs(...which)).map((job) => asPrioritized(job));
  }
}

function asPrioritized<Job extends { priority: number }>(job: Job): Job {
  job.priority = fromQueuePriority(job.priority);
  return job;
}

/** Its page asks another site for fonts, which the policy of our pages forbids. */
const FONTS_FROM_ELSEWHERE = /<link href="https:[^>]*>/g;

const loadNothingFromElsewhere: RequestHandler = (_request, response, next) => {
  const render = response.render.bind(response);
  response.render = (view: string, options?: object) =>
    render(view, options ?? {}, (error, html) => {
      if (error) next(error);
      else response.send(html.replace(FONTS_FROM_ELSEWHERE, ''));
    });
  next();
};

/**
 * Bull Board over the live queues of each shard: `executions`, and one for each module runtime as they appear. It only shows: what is
 * to happen to an execution is decided in the record, which a job moved or removed here would never tell.
 */
export function queueBoard(shards: Shards): Router {
  const adapter = new ExpressAdapter().setBasePath(BOARD_PATH);
  const shown = new Set([EXECUTIONS_QUEUE]);
  const runtimes = new RuntimeRegistry(shards);
  const show = (name: string) =>
    shards.all.map(
      ({ queues, keys }) =>
        new GantryQueue(queues.get(name), {
          readOnlyMode: true,
          description: DESCRIPTION,
          // The board takes queues of one name for one.
          ...(keys.shard > 0 && { prefix: `${keys.shard}.` }),
          externalJobUrl: ({ data }) => linkTo(data),
        }),
    );
  const board = createBullBoard({
    queues: show(EXECUTIONS_QUEUE),
    serverAdapter: adapter,
    options: { uiConfig: { boardTitle: 'Gantry queues' } },
  });

  let readAtMs = 0;
  const refresh: RequestHandler = async (_request, _response, next) => {
    if (Date.now() - readAtMs >= REFRESH_MS) {
      readAtMs = Date.now();
      for (const name of (await runtimes.list()).map(runtimeQueueName)) {
        if (shown.has(name)) continue;
        shown.add(name);
        for (const queue of show(name)) board.addQueue(queue);
      }
    }
    next();
  };
  return Router().use(refresh, loadNothingFromElsewhere, adapter.getRouter());
}
