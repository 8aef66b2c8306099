-- Nearly all executions may come from events of one type, or of one store, or run one module: each text of these (64 characters
-- at most) is counted, as changes that the leading scheduler sums up. What an execution has of them never changes.

create table execution_value_counts (
  organization_id uuid not null,
  -- As in filters: context.eventType, context.storeId, pipeline.ref.
  field text not null,
  value text not null,
  count bigint not null,
  primary key (organization_id, field, value)
);
create table execution_value_count_deltas (like execution_value_counts);

create function counted_values(context jsonb, pipeline jsonb) returns table (field text, value text)
language sql immutable rows 4 as $$
  select field, said #>> '{}' from (
    values ('context.eventType', context -> 'eventType'), ('context.storeId', context -> 'storeId')
    union all select distinct 'pipeline.ref', ref from jsonb_path_query(pipeline, '$.steps[*].ref') as step(ref)
  ) as counted(field, said)
  where jsonb_typeof(said) = 'string' and length(said #>> '{}') <= 64
$$;

create function count_execution_values() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into execution_value_count_deltas
    select organization_id, field, value, count(*)
    from added cross join lateral counted_values(context, pipeline) group by 1, 2, 3;
  else
    insert into execution_value_count_deltas
    select organization_id, field, value, -count(*)
    from removed cross join lateral counted_values(context, pipeline) group by 1, 2, 3;
  end if;
  return null;
end
$$;
create trigger values_added after insert on executions
  referencing new table as added for each statement execute function count_execution_values();
create trigger values_removed after delete on executions
  referencing old table as removed for each statement execute function count_execution_values();
