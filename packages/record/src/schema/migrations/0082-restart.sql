-- Executions that begin in the middle: the steps before `from_step` have the outputs of those of another execution.
alter table executions add column from_step smallint;
alter table execution_steps add column reused_from uuid;
create index execution_steps_output on execution_steps (output_ref) where output_ref is not null;

-- What several steps have is deleted with the last of them; the lock is for those that are deleted at the same moment.
create or replace function discard_output() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtextextended(old.output_ref, 0));
  if not exists (select from execution_steps where output_ref = old.output_ref) then
    insert into discarded_contents (ref) values (old.output_ref) on conflict do nothing;
  end if;
  return null;
end
$$;

-- What is asked of each item of a bulk operation, if more than its kind; which items failed, and why.
alter table bulk_operations add column request jsonb, add column aborted_at timestamptz;
create table bulk_failures (
  operation_id uuid not null references bulk_operations on delete cascade,
  ordinal int not null,
  execution_id uuid,
  assistant_id uuid,
  document_family_id text,
  code text not null,
  message text not null,
  primary key (operation_id, ordinal)
);
