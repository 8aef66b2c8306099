-- A row is a schedule of an assistant and where its clock stands. Those kept in the assistant's row until now were
-- neither checked nor fired.
alter table assistants drop column schedules;

create table schedules (
  assistant_id uuid not null references assistants on delete cascade,
  id text not null,
  ordinal smallint not null,
  type text,
  cron_expression text not null,
  time_zone text not null,
  catch_up text not null,
  last_at timestamptz,
  -- Null while the assistant is not active, and when no slot comes any more.
  next_at timestamptz,
  primary key (assistant_id, id)
);
create index schedules_due on schedules (next_at) where next_at is not null;
