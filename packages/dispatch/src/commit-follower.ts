import type { AfterCommit, Committed } from '@gantry/contracts/after-commit';
import type { Brake } from './brake.ts';
import type { ChangePublisher } from './change-publisher.ts';
import type { ExecutionPermissions } from './execution-permissions.ts';
import type { ExecutionQueue } from './execution-queue.ts';

export interface CommitFollowerParts {
  executions: Pick<ExecutionQueue, 'add'>;
  brake: Pick<Brake, 'apply'>;
  permissions: Pick<ExecutionPermissions, 'forget'>;
  publisher: Pick<ChangePublisher, 'publish'>;
  /** Redis did not take something. */
  onLate: (error: unknown, what: 'enqueue' | 'brake' | 'forget', count: number) => void;
}

/**
 * Carries out what commits of the record mean for Redis. What it does not take makes executions late and fails nothing:
 * the record has them, and the reconciler and the pruner make up for what is missing.
 */
export class CommitFollower {
  readonly #parts: CommitFollowerParts;

  constructor(parts: CommitFollowerParts) {
    this.#parts = parts;
  }

  /** Waits for a commit and for what follows it. @throws only what the commit failed with */
  async follow<T>(committing: Promise<Committed<T>>): Promise<T> {
    const { result, after } = await committing;
    await this.carryOut(after);
    return result;
  }

  /** Never rejects. */
  async carryOut({ enqueue, brake, forget, changes }: AfterCommit): Promise<void> {
    const { executions, permissions, publisher } = this.#parts;
    if (changes.length > 0) publisher.publish(changes);
    await Promise.all([
      this.#try('enqueue', enqueue, () => executions.add(enqueue)),
      // A permission that is closed and forgotten by the same commit is closed first.
      this.#try('brake', brake, () => this.#parts.brake.apply(brake)).then(() =>
        this.#try('forget', forget, () => permissions.forget(forget)),
      ),
    ]);
  }

  async #try(what: 'enqueue' | 'brake' | 'forget', items: readonly unknown[], act: () => Promise<void>): Promise<void> {
    if (items.length === 0) return;
    try {
      await act();
    } catch (error) {
      this.#parts.onLate(error, what, items.length);
    }
  }
}
