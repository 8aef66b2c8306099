-- A family's id is searched for in the family, and its executions are found by it: only executions that no event has created,
-- whose family need not exist, are searched themselves. Nothing to do where pg_trgm is missing (0030).
do $$
begin
  create index executions_family_text_by_hand on executions using gin (document_family_id gin_trgm_ops)
    where event_id is null and document_family_id !~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$';
exception when undefined_object then
  raise warning 'pg_trgm is not installed (%): texts are searched without an index', sqlerrm;
end
$$;
