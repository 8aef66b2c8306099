-- Lists of one project or store, and families newest first, read from an index instead of sorting an organization's rows.
-- Of columns that never change: one of updated_at would make every update of a row write to all of its indexes.
create index executions_of_project on executions (project_id, organization_id, created_at desc, id desc) where project_id is not null;
create index document_families_newest on document_families (organization_id, created_at desc, id collate "C" desc);
create index document_families_of_project on document_families
  (project_id, organization_id, created_at desc, id collate "C" desc)
  where project_id is not null;
create index document_families_of_store on document_families (organization_id, store_id, created_at desc, id collate "C" desc)
  where store_id is not null;
