-- `module://org/slug` and `org/slug` name the same: a list by a ref has the executions of either spelling. Those that have both
-- are counted by themselves, for the total to have them once. What is counted of each spelling stays as it was.

-- Whoever has added executions without this number is done by then.
lock table executions in share row exclusive mode;

create or replace function counted_values(context jsonb, pipeline jsonb) returns table (field text, value text)
language sql immutable rows 4 as $$
  select field, said #>> '{}' from (
    values ('context.eventType', context -> 'eventType'), ('context.storeId', context -> 'storeId')
    union all select distinct 'pipeline.ref', ref from jsonb_path_query(pipeline, '$.steps[*].ref') as step(ref)
    union all select distinct 'pipeline.ref in both spellings', ref
    from jsonb_path_query(pipeline, '$.steps[*].ref ? (!(@ starts with "module://"))') as step(ref)
    where pipeline @> jsonb_build_object('steps', jsonb_build_array(jsonb_build_object('ref', 'module://' || (ref #>> '{}'))))
  ) as counted(field, said)
  where jsonb_typeof(said) = 'string' and length(said #>> '{}') <= 64
$$;
