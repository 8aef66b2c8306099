-- Executions that are created together wait for the planner in one job; by its id the reconciler knows whether one of them
-- still waits. Null for one that has a job of its own.
alter table executions add column queue_batch uuid;
