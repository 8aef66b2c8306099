import { parseFilter } from '@gantry/domain/filter/parse-filter';
import { parseSort } from '@gantry/domain/sort/parse-sort';
import { type CompiledQuery, Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { z } from 'zod';
import type { Database } from '../connection/database.ts';
import { listExecutions } from '../executions/list-executions.ts';
import { familyFields } from '../families/family-fields.ts';
import { listFamilies } from '../families/list-families.ts';
import { executionFields } from '../filter/execution-fields.ts';
import { sortableFields } from '../filter/field-table.ts';
import type { PageInfo, PageRequest } from '../paging/select-page.ts';
import type { Tables } from '../schema/tables.ts';
import { LARGE_ORGANIZATION as organizationId } from './large-record.ts';

/** A list and what it is asked for, as in the parameters of a request. */
export interface Listing {
  list: keyof typeof LISTS;
  filter?: string;
  sort?: string;
  query?: string;
  cursor?: string;
}

/** As it is written in a request. */
export function asked({ filter, sort, query }: Listing): string {
  return [filter, sort && `sort=${sort}`, query && `query=${query}`].filter((part) => part !== undefined).join(' ');
}

export const LISTS = {
  executions: {
    fields: executionFields,
    read: (db: Database, request: PageRequest) => listExecutions(db, { organizationId }, request),
  },
  families: {
    fields: familyFields,
    read: (db: Database, request: PageRequest) => listFamilies(db, organizationId, request),
  },
};

/** What EXPLAIN says of a node of a plan, as far as it is of interest. */
const nodeSchema = z.looseObject({
  'Node Type': z.string(),
  'Relation Name': z.string().optional(),
  'Index Name': z.string().optional(),
  'Index Cond': z.string().optional(),
  'Actual Rows': z.number(),
  'Actual Loops': z.number(),
  'Rows Removed by Filter': z.number().optional(),
  'Rows Removed by Index Recheck': z.number().optional(),
  get Plans() {
    return z.array(nodeSchema).optional();
  },
});
export type PlanNode = z.infer<typeof nodeSchema>;

const explainedSchema = z.tuple([
  z.object({ 'QUERY PLAN': z.tuple([z.object({ Plan: nodeSchema, 'Execution Time': z.number() })]) }),
]);

export interface Plan {
  sql: string;
  /** All of its nodes, each before those below it. */
  nodes: PlanNode[];
  /** Milliseconds. */
  time: number;
}

/** Reads lists as the api does, and explains what that asks of Postgres. */
export class ListedPlans {
  readonly db: Database;
  readonly #pool: pg.Pool;
  #queries: CompiledQuery[] = [];

  constructor(url: string) {
    const types = { getTypeParser: ((oid: number) => (oid === 20 ? Number : pg.types.getTypeParser(oid))) as never };
    this.#pool = new pg.Pool({ connectionString: url, max: 2, types });
    this.db = new Kysely<Tables>({
      dialect: new PostgresDialect({ pool: this.#pool }),
      log: ({ query }) => {
        this.#queries.push(query);
      },
    });
  }

  close(): Promise<void> {
    return this.db.destroy();
  }

  async read({ list, filter, sort, query, cursor }: Listing): Promise<PageInfo> {
    const { fields, read } = LISTS[list];
    const { page } = await read(this.db, {
      ...{ page: 0, pageSize: 20, cursor, search: query },
      filter: parseFilter(filter === undefined ? [] : [filter], fields),
      sort: parseSort(sort === undefined ? [] : [sort], sortableFields(fields)),
    });
    return page;
  }

  /** The plans of all that reading the page asks, each run once more. */
  async explain(listing: Listing): Promise<Plan[]> {
    const plans: Plan[] = [];
    for (const { sql, parameters } of await this.#asked(listing)) {
      const { rows } = await this.#pool.query(`explain (analyze, format json) ${sql}`, [...parameters]);
      const [
        {
          'QUERY PLAN': [explained],
        },
      ] = explainedSchema.parse(rows);
      plans.push({ sql, nodes: nodesOf(explained.Plan), time: explained['Execution Time'] });
    }
    return plans;
  }

  /** What Postgres says, line by line, of how it finds the rows of the page. */
  async show(listing: Listing): Promise<string[]> {
    const page = (await this.#asked(listing)).find(({ sql }) => sql.includes('as page_keys'));
    if (page === undefined) return [];
    const explain = `explain (analyze, costs off, buffers off, timing off) ${page.sql}`;
    const { rows } = await this.#pool.query<{ 'QUERY PLAN': string }>(explain, [...page.parameters]);
    return rows.map((row) => row['QUERY PLAN']);
  }

  async #asked(listing: Listing): Promise<CompiledQuery[]> {
    this.#queries = [];
    await this.read(listing);
    return this.#queries;
  }
}

function nodesOf(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}

/** Whether it asks how many rows there are in all. */
export function isCount({ sql }: Plan): boolean {
  return / as total\s+from /.test(sql);
}

/** How many rows of a table, or entries of an index, a node has looked at. */
export function lookedAt(node: PlanNode): number {
  const passed = (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0);
  return (node['Actual Rows'] + passed) * node['Actual Loops'];
}
