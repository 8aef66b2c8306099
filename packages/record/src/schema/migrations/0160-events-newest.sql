-- Serves the list of events, newest first.
create index events_newest on events (organization_id, created_at, id);
