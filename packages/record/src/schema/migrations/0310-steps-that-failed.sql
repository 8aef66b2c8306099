-- The fold keeps which step failed, whatever becomes of the execution; those that had gone on from FAILED before it did lack it.
update executions set failed_step = (
  select min(ordinal) from execution_steps where execution_id = executions.id and execution_steps.status = 3
) where failed_step is null and status in (6, 7, 8, 9)
  and exists (select from execution_steps where execution_id = executions.id and execution_steps.status = 3);

-- Executions are found, and counted, by a step that failed: only those that have one are entered, once.
create index executions_with_failed_step on executions (organization_id, created_at, id) where failed_step is not null;
