import type { ExecutionJob } from '@gantry/contracts/execution-job';
import type { FamilyRow } from '../events/upsert-families.ts';
import { newestVersion } from '../families/content-objects.ts';
import type { Row } from '../schema/tables.ts';

type Source = Pick<
  Row<'executions'>,
  'id' | 'organization_id' | 'priority' | 'context' | 'parameters' | 'pipeline' | 'queue_batch' | 'traceparent'
> &
  Partial<Pick<Row<'executions'>, 'module_versions'>>;

const NO_INPUT = { output: null, outputRef: null, outputId: null };

/** What the planner needs of an execution; by default for its first planning. */
export function executionJob(
  execution: Source,
  family: FamilyRow | undefined,
  again?: Pick<ExecutionJob, 'epoch' | 'firstStep' | 'input'>,
): ExecutionJob {
  const { contentObjectId } = execution.context;
  const objects = family?.content_objects ?? [];
  return {
    executionId: execution.id,
    organizationId: execution.organization_id,
    priority: execution.priority,
    context: execution.context,
    parameters: execution.parameters,
    steps: execution.pipeline.steps,
    documentFamily: family
      ? {
          id: family.id,
          storeId: family.store_id,
          path: family.path,
          labels: family.labels,
          mixins: family.mixins,
          metadata: family.metadata,
        }
      : null,
    contentObject:
      (contentObjectId ? objects.find((object) => object.id === contentObjectId) : newestVersion(objects)) ?? null,
    ...(execution.traceparent !== null && { traceparent: execution.traceparent }),
    ...(execution.module_versions != null && { versions: execution.module_versions }),
    ...(again ?? firstPlanning(execution)),
  };
}

function firstPlanning({ queue_batch }: Source) {
  const from = { epoch: 1, firstStep: 0, input: NO_INPUT };
  return queue_batch === null ? from : { ...from, queueBatch: queue_batch };
}
