-- Facts whose shape is newer than the leader that read them: they wait for one that knows it.
create table facts_set_aside (
  id bigint generated always as identity primary key,
  execution_id uuid not null references executions on delete cascade,
  shape integer not null,
  -- The journal entry it was in, and the fact: JSON that may hold what jsonb refuses.
  entry text not null,
  fact text not null,
  set_aside_at timestamptz not null default now()
);
create index facts_set_aside_of_execution on facts_set_aside (execution_id);
