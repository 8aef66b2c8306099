-- The new ones are made before the old ones go, which reads wait for: so they wait for a moment.
alter index executions_by_start rename to executions_by_start_before;
alter index executions_by_end rename to executions_by_end_before;
alter index executions_by_duration rename to executions_by_duration_before;
alter index executions_newest rename to executions_newest_before;

-- An execution is entered under its times once it has them, so that accepting it writes one entry of these in place of three:
-- under its id, among those that lack one.
create index executions_by_start on executions (organization_id, started_at, id) where started_at is not null;
create index executions_by_end on executions (organization_id, finished_at, id) where finished_at is not null;
create index executions_by_duration on executions (organization_id, processing_time_ms, id) where processing_time_ms is not null;
create index executions_without_time on executions (organization_id, id)
  where started_at is null or finished_at is null or processing_time_ms is null;

-- What is new comes at the end, where pages are left nearly full: at the start each page that is split stays half empty.
create index executions_newest on executions (organization_id, created_at, id);

drop index executions_by_start_before, executions_by_end_before, executions_by_duration_before, executions_newest_before;
