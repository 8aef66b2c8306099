-- The new ones are made before the old ones go, which reads wait for: so they wait for a moment.
alter index document_families_path rename to document_families_path_before;
alter index document_families_newest rename to document_families_newest_before;
alter index document_families_of_store rename to document_families_of_store_before;

-- What families are found by, other than their columns' order, in one index: each index of this kind costs a write of its own.
-- The text has the id, unless it is a uuid, and the path, which often share words. Without pg_trgm (0030) it is left out.
do $$
begin
  create index document_families_found on document_families using gin (
    labels, metadata jsonb_path_ops, jsonb_path_query_array(content_objects, '$[*].contentRef'),
    (case when id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then '' else id || ' ' end || coalesce(path, '')) gin_trgm_ops);
exception when undefined_object then
  raise warning 'pg_trgm is not installed (%): texts are searched without an index', sqlerrm;
  create index document_families_found on document_families using gin (
    labels, metadata jsonb_path_ops, jsonb_path_query_array(content_objects, '$[*].contentRef'));
end
$$;

-- A path is that of one family of its store: those of no store need not be compared.
create unique index document_families_path_in_store on document_families (organization_id, store_id, path)
  where path is not null and store_id is not null;

-- What is new comes at the end, where pages are left nearly full: at the start each page that is split stays half empty.
create index document_families_newest on document_families (organization_id, created_at, id collate "C");
create index document_families_of_store on document_families (organization_id, store_id, created_at, id collate "C")
  where store_id is not null;

drop index document_families_path_before, document_families_newest_before, document_families_of_store_before;
drop index document_families_values, document_families_contents;
drop index if exists document_families_path_text, document_families_id_text;
