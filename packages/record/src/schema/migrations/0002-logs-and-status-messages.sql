-- What steps log, and what the engine has to say of them. The writer gives the ids (uuid v7, in the order of writing), so
-- that what is reported twice is there once.
create table execution_logs (
  execution_id uuid not null references executions on delete cascade,
  id uuid not null,
  step smallint not null,
  level smallint not null,
  logged_at timestamptz not null,
  entry text not null,
  primary key (execution_id, id)
);

-- What executions say that they are doing: the newest of each.
create table status_messages (
  execution_id uuid not null references executions on delete cascade,
  id uuid not null,
  said_at timestamptz not null,
  type text not null,
  title text not null,
  subtitle text,
  primary key (execution_id, id)
);
