-- What has no end is found by its status. This holds the finished ones without, so that they need not be looked for: none.
create index executions_finished_without_end on executions (id)
  where finished_at is null and status in (2, 3, 5, 7, 8, 9);
