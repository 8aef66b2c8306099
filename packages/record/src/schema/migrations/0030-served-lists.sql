-- Each field that lists are sorted by, in either direction, and filters that few rows pass, are served by an index.
-- What that costs whoever writes is told in docs/queries.md.
create index executions_by_update on executions (organization_id, updated_at, id);
create index executions_by_start on executions (organization_id, started_at, id);
create index executions_by_end on executions (organization_id, finished_at, id);
create index executions_by_duration on executions (organization_id, processing_time_ms, id);
create index executions_by_priority on executions (organization_id, priority, id);
-- All columns in one direction, which serves both: the lists of all statuses, assistants or projects one after the other.
drop index executions_by_status;
create index executions_by_status on executions (organization_id, status, created_at, id);
drop index executions_of_assistant;
create index executions_of_assistant on executions (assistant_id, created_at, id);
drop index executions_of_project;
create index executions_of_project on executions (project_id, organization_id, created_at, id) where project_id is not null;
-- Nobody writes these two at present: the index of a column that is null costs nothing.
create index executions_by_target on executions (organization_id, targets collate "C", id) where targets is not null;
create index executions_by_session on executions (organization_id, session collate "C", id) where session is not null;
-- Of finished executions, so that each is entered once and not with each of its changes; the others are few.
create index executions_values on executions using gin
  (context jsonb_path_ops, parameters jsonb_path_ops, jsonb_path_query_array(pipeline, '$.steps[*].ref') jsonb_path_ops)
  where status in (2, 3, 5, 7, 8, 9);

drop index document_families_of_project;
create index document_families_of_project on document_families (project_id, organization_id, created_at, id collate "C")
  where project_id is not null;
create index document_families_by_update on document_families (organization_id, updated_at, id collate "C");
create index document_families_by_path on document_families (organization_id, path collate "C", id collate "C")
  where path is not null;
create index document_families_values on document_families using gin (labels, metadata jsonb_path_ops);

-- Texts by what they contain. Ids are uuids as a rule, and found as a whole: only others are taken apart. Where the
-- extension is missing or may not be installed, lists give the same answers and look at every row for them.
do $$
begin
  create extension if not exists pg_trgm;
  create index executions_description on executions using gin (description gin_trgm_ops) where description is not null;
  create index executions_family_text on executions using gin (document_family_id gin_trgm_ops)
    where document_family_id !~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$';
  create index document_families_path_text on document_families using gin (path gin_trgm_ops) where path is not null;
  create index document_families_id_text on document_families using gin (id gin_trgm_ops)
    where id !~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$';
exception when insufficient_privilege or feature_not_supported or undefined_file or undefined_object then
  raise warning 'pg_trgm cannot be installed (%): texts are searched without an index', sqlerrm;
end
$$;
