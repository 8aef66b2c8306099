-- Unfinished executions that an operator wants to be set going again: the leader does so, and forgets the request.
create table requeue_requests (
  execution_id uuid primary key,
  requested_at timestamptz not null default now()
);
