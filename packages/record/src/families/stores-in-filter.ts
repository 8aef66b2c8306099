import type { FilterNode } from '@gantry/domain/filter/filter-node';
import type { Database } from '../connection/database.ts';
import { findStores } from '../events/resolve-stores.ts';

/** A filter of families in which `storeId` is compared with ids alone: a store may be named by its ref there, as in events. */
export async function withStoreIds(db: Database, organizationId: string, filter: FilterNode): Promise<FilterNode> {
  const names = [...new Set(storeNames(filter))].map((storeId) => ({ organizationId, storeId }));
  if (names.length === 0) return filter;
  const found = await findStores(db, names);
  const ids = new Map([...found].map(([{ storeId }, store]) => [storeId, store.id]));
  return renamed(filter, ids);
}

function storeNames(node: FilterNode): string[] {
  switch (node.kind) {
    case 'and':
    case 'or':
      return node.terms.flatMap(storeNames);
    case 'not':
      return storeNames(node.term);
    case 'one-of':
      return node.field.name === 'storeId' ? node.values.map(String) : [];
    default:
      return [];
  }
}

function renamed(node: FilterNode, ids: ReadonlyMap<string, string>): FilterNode {
  switch (node.kind) {
    case 'and':
    case 'or':
      return { ...node, terms: node.terms.map((term) => renamed(term, ids)) };
    case 'not':
      return { ...node, term: renamed(node.term, ids) };
    case 'one-of':
      if (node.field.name !== 'storeId') return node;
      return { ...node, values: node.values.map((name) => ids.get(String(name)) ?? name) };
    default:
      return node;
  }
}
