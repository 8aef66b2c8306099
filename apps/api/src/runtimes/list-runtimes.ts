import {
  type ModuleRuntime,
  moduleRuntimeQuerySchema,
  moduleRuntimeSchema,
} from '@gantry/contracts/http/module-runtime';
import { pageOf, pageSchema } from '@gantry/contracts/http/page';
import type { RuntimeLoad } from '@gantry/dispatch/runtime-load';
import { listRuntimes as listInRecord } from '@gantry/record/modules/list-runtimes';
import type { ApiDeps } from '../api-deps.ts';
import { ApiError } from '../http/api-error.ts';
import { READ_CONFIGURATION, route } from '../http/route.ts';

export const listRuntimes = route({
  method: 'get',
  path: '/api/module-runtimes',
  summary: 'The pools of workers that modules run on: how much they have to do, and how many workers they have',
  scopes: READ_CONFIGURATION,
  query: moduleRuntimeQuerySchema,
  answers: { 200: pageSchema(moduleRuntimeSchema) },
  errors: ['CURSOR_INVALID', 'QUEUE_UNAVAILABLE'],
  async handle({ caller: { organizationId }, query }, deps) {
    const offset = query.cursor === '' ? (query.page - 1) * query.pageSize : readCursor(query.cursor);
    const text = query.query.replaceAll('*', '').trim().toLowerCase();
    const refs = (await listInRecord(deps.db, organizationId)).filter((ref) => ref.includes(text));
    const end = offset + query.pageSize;
    const loads = await readLoads(deps, refs.slice(offset, end));
    const page = { total: refs.length, offset, nextCursor: end < refs.length ? String(end) : null };
    const now = Date.now();
    return {
      status: 200,
      body: pageOf(
        loads.map((load) => answer(load, now)),
        page,
        { pageSize: query.pageSize, sorted: false },
      ),
    };
  },
});

/** The list is short and made anew each time: its cursor is a place in it. */
function readCursor(cursor: string): number {
  if (!/^\d{1,9}$/.test(cursor)) {
    throw new ApiError('CURSOR_INVALID', 'cursor: expected the nextCursor of a page of this list', {
      errors: { cursor: 'expected the nextCursor of a page of this list' },
    });
  }
  return Number(cursor);
}

async function readLoads({ runtimes, logger }: ApiDeps, refs: readonly string[]): Promise<RuntimeLoad[]> {
  try {
    return await runtimes.read(refs);
  } catch (error) {
    logger.warn({ err: error }, 'Redis did not say how much module runtimes have to do');
    throw new ApiError('QUEUE_UNAVAILABLE', 'The queues cannot be read at the moment.', {
      headers: { 'retry-after': '2' },
    });
  }
}

function answer({ runtime, waiting, delayed, active, workers, oldestAt }: RuntimeLoad, now: number): ModuleRuntime {
  const [orgSlug = '', slug = ''] = runtime.split('/');
  return {
    ref: runtime,
    orgSlug,
    slug,
    queueDepth: waiting,
    delayed,
    active,
    workers,
    oldestWaitMs: oldestAt === null ? null : Math.max(0, now - oldestAt),
  };
}
