import type { BulkFailure, BulkKind, BulkOperation, BulkRestartInput } from '@gantry/contracts/http/bulk-operation';
import type { Page } from '@gantry/contracts/http/page';
import { delay } from '../delay.ts';
import type { CallOptions } from '../transport.ts';
import { List, type ListOptions, ReadableCollection } from './collection.ts';

const POLL_MS = 1_000;

const PATHS: Readonly<Record<BulkKind, string>> = {
  CANCEL: '/api/executions/cancel',
  REPROCESS: '/api/executions/reprocess',
  RESTART: '/api/executions/restart',
  DELETE: '/api/executions/delete',
};

/** What is done to all executions that match a filter, in the background. */
export class BulkOperations extends ReadableCollection<BulkOperation> {
  /**
   * Begins with the executions that match at this moment.
   * @param filter of several, all must hold; at least one
   */
  start(kind: BulkKind, filter: string | readonly string[], { signal }: CallOptions = {}): Promise<BulkOperation> {
    return this.transport.json({ method: 'POST', path: PATHS[kind], body: { filter }, signal });
  }

  /** The same for restarting: each from a step on. */
  restart(input: BulkRestartInput, { signal }: CallOptions = {}): Promise<BulkOperation> {
    return this.transport.json({ method: 'POST', path: PATHS.RESTART, body: { ...input, dryRun: false }, signal });
  }

  /** What it could not do, and why. */
  failures(id: string, options: ListOptions = {}): Promise<Page<BulkFailure>> {
    return new List<BulkFailure>(this.transport, `${this.pathOf(id)}/failures`).list(options);
  }

  /** Ends it where it is. @throws GantryError BULK_OPERATION_FINISHED */
  abort(id: string, { signal }: CallOptions = {}): Promise<BulkOperation> {
    return this.transport.json({ method: 'PUT', path: `${this.pathOf(id)}/abort`, signal });
  }

  /** How many executions `start` would cancel, delete or create. */
  async count(kind: BulkKind, filter: string | readonly string[], { signal }: CallOptions = {}): Promise<number> {
    const body = { filter, dryRun: true };
    const { count } = await this.transport.json<{ count: number }>({
      method: 'POST',
      path: PATHS[kind],
      body,
      repeatable: true,
      signal,
    });
    return count;
  }

  /** How far it is, each time it has gone on, until it is over. */
  async *watch(id: string, { signal }: CallOptions = {}): AsyncGenerator<BulkOperation> {
    let known: BulkOperation | undefined;
    while (known === undefined || known.status === 'RUNNING') {
      const operation = await this.get(id, { signal });
      if (operation.status !== known?.status || operation.done !== known.done || operation.failed !== known.failed) {
        yield operation;
      }
      known = operation;
      if (operation.status === 'RUNNING') await delay(POLL_MS, signal);
    }
  }
}
