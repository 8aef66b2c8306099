/**
 * npm run plans -w @gantry/record -- URL [ROWS]: fills the empty database at URL with a million executions, or as many as
 * are asked for, and writes what EXPLAIN says of each documented list into docs/queries.md.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { migrate } from '../schema/migrate.ts';
import { documentedListings } from './documented-listings.ts';
import { fillRecord } from './large-record.ts';
import { asked, isCount, ListedPlans, type Listing, lookedAt, type Plan } from './listed-plans.ts';

const FILE = new URL('../../../../docs/queries.md', import.meta.url);
const BLOCK = /(<!-- plans: .*? -->\n)[\s\S]*?(<!-- \/plans -->)/;

const [url, rows = '1000000'] = process.argv.slice(2);
if (url === undefined) throw new Error('Which database? npm run plans -w @gantry/record -- postgres://...');

/** Of these the whole plan is shown. */
const SHOWN: Listing[] = [
  { list: 'executions', sort: 'updatedOn,desc' },
  { list: 'executions', filter: "status eq 'FAILED'", sort: 'createdOn,desc' },
  { list: 'executions', filter: "context.customer eq 'C701'" },
  { list: 'executions', query: 'customer 701,' },
  { list: 'families', filter: "labels eq 'customer-711'" },
];

const plans = new ListedPlans(url);
const lines: string[] = [];
const shown: string[] = [];
try {
  await migrate(plans.db);
  await fillRecord(plans.db, Number(rows));
  for (const listing of documentedListings(Number(rows))) {
    await plans.explain(listing); // so that what it reads is in memory
    lines.push(describe(listing, await plans.explain(listing)));
  }
  for (const listing of SHOWN) {
    const { nextCursor } = await plans.read(listing);
    const next = nextCursor === null ? listing : { ...listing, cursor: nextCursor };
    shown.push(
      '',
      `${listing.list}, \`${asked(listing)}\`, the second page:`,
      '',
      '```',
      ...(await plans.show(next)),
      '```',
    );
  }
} finally {
  await plans.close();
}
const before = await readFile(FILE, 'utf8');
if (!BLOCK.test(before)) throw new Error('docs/queries.md has lost the markers of its plans');
const table = [
  '| list | asked for | read by | looked at | page | count |',
  '|---|---|---|---|---|---|',
  ...lines,
  ...shown,
  '',
].join('\n');
await writeFile(
  FILE,
  before.replace(BLOCK, (_block, open: string, close: string) => `${open}${table}${close}`),
);

function describe(listing: Listing, explained: readonly Plan[]): string {
  const page = explained.filter(({ sql }) => sql.includes('as page_keys'));
  const counts = explained.filter(isCount);
  const nodes = page.flatMap((plan) => plan.nodes);
  const scans = nodes.flatMap((node) => {
    const kind = node['Node Type'];
    const index = node['Index Name'];
    if (index !== undefined) return [`${kind} \`${index}\``];
    return kind === 'Seq Scan' || kind.includes('Sort') ? [kind] : [];
  });
  const most = Math.round(Math.max(...nodes.map(lookedAt)));
  const cells = [listing.list, `\`${asked(listing)}\``, [...new Set(scans)].join(', '), most, took(page), took(counts)];
  return `| ${cells.join(' | ')} |`;
}

function took(explained: readonly Plan[]): string {
  return `${explained.reduce((sum, { time }) => sum + time, 0).toFixed(1)} ms`;
}
