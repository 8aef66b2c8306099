-- The present attempt of a step, and those before it as the fold tells them: of most steps there are none.
alter table execution_steps
  add column attempt_started_at timestamptz,
  add column worker_id text,
  add column earlier_attempts jsonb;
