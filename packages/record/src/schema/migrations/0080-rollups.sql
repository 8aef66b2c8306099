-- Numbers for pages: what ran is counted while it happens, so that a million executions are counted as fast as ten. Each
-- change is added to the deltas, which nobody waits for; the leading scheduler sums them up. A number is the sum of both,
-- at one moment.

-- Executions that failed alike have the same failure group: the same module, error code, and message but for the parts that
-- differ each time. Only those that are FAILED have one.
alter table executions add column failed_step smallint, add column failure_group uuid;
create index executions_by_failure on executions (organization_id, failure_group, finished_at, id)
  where failure_group is not null;

create table execution_counts (
  organization_id uuid not null,
  -- Of the creation; an hour of UTC.
  hour timestamptz not null,
  assistant_id uuid,
  status smallint not null,
  failure_group uuid,
  count bigint not null
);
create unique index execution_counts_key on execution_counts
  (organization_id, hour, assistant_id, status, failure_group) include (count) nulls not distinct;
create table execution_count_deltas (like execution_counts);

-- Runs of steps by the hour of their end and, roughly, by their duration: percentiles are read from it.
create table step_durations (
  organization_id uuid not null,
  hour timestamptz not null,
  ref text not null,
  bucket smallint not null,
  runs bigint not null,
  failed bigint not null,
  total_ms bigint not null,
  primary key (organization_id, hour, ref, bucket)
);
create table step_duration_deltas (like step_durations);

-- Eight buckets for each doubling: whatever is in one is within a twentieth of its middle.
create function duration_bucket(ms double precision) returns smallint language sql immutable as $$
  select floor(8 * ln(greatest(ms, 0) + 1) / ln(2::double precision) + 1e-9)::smallint
$$;

create function hour_of(at timestamptz) returns timestamptz language sql immutable as $$
  select date_bin('1 hour', at, to_timestamp(0))
$$;

-- A message without quoted parts, ids and numbers.
create function message_shape(message text) returns text language sql immutable as $$
  select left(regexp_replace(regexp_replace(regexp_replace(left(message, 2000),
    '(?<!\w)''[^'']*''(?!\w)|"[^"]*"|`[^`]*`|“[^”]*”|«[^»]*»', '"…"', 'g'),
    '\m[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\M|\m\w*\d\w*([.,:/-]\w*\d\w*)*', '#', 'gi'),
    '\s+', ' ', 'g'), 300)
$$;

create function failed_ref(execution executions) returns text language sql immutable as $$
  select execution.pipeline #>> array['steps', execution.failed_step::text, 'ref']
$$;

create function group_failure() returns trigger language plpgsql as $$
begin
  new.failure_group := case when new.status = 3 then md5(concat_ws(E'\n',
    coalesce(failed_ref(new), ''), new.exception_details ->> 'errorType',
    message_shape(coalesce(new.exception_details ->> 'message', ''))))::uuid end;
  return new;
end
$$;
create trigger group_failure before insert or update on executions
  for each row when ((new.status = 3) <> (new.failure_group is not null)) execute function group_failure();
update executions set failed_step = (
  select min(ordinal) from execution_steps where execution_id = executions.id and execution_steps.status = 3
) where status = 3;

create function count_executions() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into execution_count_deltas
    select organization_id, hour_of(created_at), assistant_id, status, failure_group, count(*)
    from added group by 1, 2, 3, 4, 5;
  elsif tg_op = 'DELETE' then
    insert into execution_count_deltas
    select organization_id, hour_of(created_at), assistant_id, status, failure_group, -count(*)
    from removed group by 1, 2, 3, 4, 5;
  else
    insert into execution_count_deltas
    select organization_id, hour_of(created_at), assistant_id, status, failure_group, sum(one)
    from (
      select organization_id, created_at, assistant_id, status, failure_group, 1 as one from added
      union all select organization_id, created_at, assistant_id, status, failure_group, -1 from removed
    ) as changed
    group by 1, 2, 3, 4, 5 having sum(one) <> 0;
  end if;
  return null;
end
$$;
create trigger count_added after insert on executions
  referencing new table as added for each statement execute function count_executions();
create trigger count_changed after update on executions
  referencing old table as removed new table as added for each statement execute function count_executions();
create trigger count_removed after delete on executions
  referencing old table as removed for each statement execute function count_executions();

insert into execution_counts
select organization_id, hour_of(created_at), assistant_id, status, failure_group, count(*)
from executions group by 1, 2, 3, 4, 5;

insert into step_durations
select organization_id, hour_of(step.finished_at), ref, duration_bucket(ms), count(*),
  count(*) filter (where step.status = 3), sum(ms)
from execution_steps as step join executions on executions.id = execution_id,
  lateral (select (extract(epoch from step.finished_at - step.started_at) * 1000)::bigint as ms) as took
where step.status in (2, 3) and step.started_at is not null and step.finished_at is not null
group by 1, 2, 3, 4;
