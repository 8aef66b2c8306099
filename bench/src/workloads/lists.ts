import type { GantryClient } from '@gantry/client/gantry-client';
import type { ListOptions } from '@gantry/client/resources/collection';
import { openDatabase } from '@gantry/record/connection/database';
import { migrate } from '@gantry/record/schema/migrate';
import { documentedListings } from '@gantry/record/test/documented-listings';
import { fillRecord } from '@gantry/record/test/large-record';
import { asked, type Listing } from '@gantry/record/test/listed-plans';
import { median, percentile } from '../numbers.ts';
import { type Servers, startGantry, startServers } from '../stage.ts';
import type { Workload } from '../workload.ts';

/** With fewer, the dates that lists are asked for lie before the first one. */
export const LEAST_EXECUTIONS = 1_000;
const PAGE_SIZE = 20;
const REQUESTS_A_ROUND = 10;
/** Of p99, milliseconds: of what an index of a column answers, and of any list that docs/queries.md promises. */
const TARGETS = { column: 30, any: 300 };
const OF_A_VALUE_OR_TEXT = /[a-z]\.[a-z]|\blike\b|\blabels\b/i;

/** Milliseconds that each request took. */
type Times = Record<'first' | 'byCursor' | 'byNumber', number[]>;

/** Each documented list through the api: its first page with totals, and a page in the middle by cursor and by number. */
export const lists: Workload = {
  title: 'Documented lists on a large record, pages of 20 one by one (e)',
  onlyByName: true,
  async run({ rounds, executions }) {
    await using servers = await startServers();
    const began = performance.now();
    await fill(servers, executions);
    const seconds = Math.round((performance.now() - began) / 1_000);
    // Without anybody who would go on with the executions, and without retention.
    await using gantry = await startGantry(servers, { workers: 0, schedulers: 0 });
    const measured: Measured[] = [];
    for (const listing of documentedListings(executions)) {
      measured.push(await measure(gantry.client, listing, rounds));
    }
    measured.sort((one, other) => p99(one.times.first) - p99(other.times.first));
    const rows = measured.map(({ listing, total, times }) => [
      `${listing.list} ${asked(listing)}`,
      {
        'rows in all': total,
        'p50 ms': whole(percentile(times.first, 0.5)),
        p99: whole(p99(times.first)),
        target: targetOf(listing),
        'middle, by cursor, p50': whole(percentile(times.byCursor, 0.5)),
        'p99 ': whole(p99(times.byCursor)),
        'by number, median': whole(median(times.byNumber)),
      },
    ]);
    const within = (page: 'first' | 'byCursor') => {
      const known = measured.filter(({ times }) => times[page].length > 0);
      const met = known.filter(({ listing, times }) => p99(times[page]) <= targetOf(listing));
      return `${met.length} of ${known.length}`;
    };
    return {
      rows: Object.fromEntries(rows),
      notes: [
        `${executions.toLocaleString('en')} executions, filled in ${seconds} s; p99 of ${rounds * REQUESTS_A_ROUND} requests. All but those by cursor count all rows.`,
        `Within the target: first pages ${within('first')}, by cursor ${within('byCursor')}.`,
      ],
    };
  },
};

interface Measured {
  listing: Listing;
  /** How many rows all its pages have. */
  total: number;
  times: Times;
}

async function fill({ postgres }: Servers, executions: number): Promise<void> {
  const db = openDatabase({ url: postgres.url, poolSize: 1, name: 'bench', onIdleError: console.error });
  try {
    await migrate(db);
    await fillRecord(db, executions);
  } finally {
    await db.destroy();
  }
}

/** A list of fewer than three pages has none in the middle. */
async function measure(client: GantryClient, listing: Listing, rounds: number): Promise<Measured> {
  const { list, ...options } = listing;
  const items = { executions: client.executions, families: client.documentFamilies }[list];
  const read = (page: ListOptions) => items.list({ ...options, pageSize: PAGE_SIZE, ...page });
  const { totalElements: total, totalPages } = await read({});
  const middle = Math.max(1, Math.ceil(totalPages / 2));
  const { nextCursor: cursor } = await read({ page: middle });
  const times: Times = { first: [], byNumber: [], byCursor: [] };
  for (let request = 0; request < rounds * REQUESTS_A_ROUND; request += 1) {
    times.first.push(await timeOf(() => read({})));
    if (totalPages < 3 || cursor === null) continue;
    times.byCursor.push(await timeOf(() => read({ cursor })));
    // Postgres passes all rows before it, one by one: that takes its time, which cursors are there for.
    if (request % REQUESTS_A_ROUND === 0) times.byNumber.push(await timeOf(() => read({ page: middle })));
  }
  return { listing, total, times };
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

function targetOf({ filter }: Listing): number {
  return filter === undefined || OF_A_VALUE_OR_TEXT.test(filter) ? TARGETS.any : TARGETS.column;
}

function p99(times: readonly number[]): number {
  return percentile(times, 0.99);
}

function whole(ms: number): number | string {
  return Number.isNaN(ms) ? '' : Math.round(ms);
}
