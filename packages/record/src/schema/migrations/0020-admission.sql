-- What a REQUESTED execution waits for besides a place (`assistant:<id>`, `runtime:<org/slug>`): kept apart from the others,
-- so that whoever looks for the next one need not pass over it each time.
alter table executions add column held_by text collate "C";
drop index executions_requested;
create index executions_requested on executions (priority desc, id) where status = 4 and held_by is null;
create index executions_held on executions (held_by, priority desc, id) where status = 4 and held_by is not null;
