import type { Execution } from '@gantry/contracts/http/execution';
import { isFinished } from '@gantry/domain/status';
import type { Finding } from './finding.ts';

/** Looks at all executions now and again: the end of one must not turn into another, save by being reprocessed. */
export class StatusWatch {
  readonly findings: Finding[] = [];
  readonly #ends = new Map<string, Execution['status']>();

  /** The record was restored: what had ended may not have. */
  forget(): void {
    this.#ends.clear();
  }

  see(executions: readonly Pick<Execution, 'id' | 'status' | 'reprocessOf'>[]): void {
    const replaced = new Set(executions.map(({ reprocessOf }) => reprocessOf));
    for (const { id: executionId, status } of executions) {
      const before = this.#ends.get(executionId);
      if (before !== undefined && before !== status && !replaced.has(executionId)) {
        this.findings.push({ problem: 'wrong', executionId, says: `was ${before} and turned ${status}` });
      }
      if (isFinished(status)) this.#ends.set(executionId, status);
    }
  }
}
