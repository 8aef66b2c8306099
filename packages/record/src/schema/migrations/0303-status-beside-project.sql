-- How many executions of a project stand where is read from its index alone, which has their status too. The status is in
-- an index as it is: nothing is written that was not.
drop index executions_of_project;
create index executions_of_project on executions (project_id, organization_id, created_at, id) include (status)
  where project_id is not null;
