-- The durations of steps once more by day of UTC, so that weeks of many modules are read in a few milliseconds. They follow
-- the hours by triggers: an older scheduler, which knows of hours alone, keeps them right too.
create table step_duration_days (
  organization_id uuid not null,
  day timestamptz not null,
  ref text not null,
  bucket smallint not null,
  runs bigint not null,
  failed bigint not null,
  total_ms bigint not null,
  primary key (organization_id, day, ref, bucket)
);

create function day_of(at timestamptz) returns timestamptz language sql immutable as $$
  select date_bin('1 day', at, to_timestamp(0))
$$;

create function sum_up_days() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into step_duration_days as days
    select organization_id, day_of(hour), ref, bucket, sum(runs), sum(failed), sum(total_ms)
    from added group by 1, 2, 3, 4 order by 1, 2, 3, 4
    on conflict (organization_id, day, ref, bucket) do update set runs = days.runs + excluded.runs,
      failed = days.failed + excluded.failed, total_ms = days.total_ms + excluded.total_ms;
  elsif tg_op = 'UPDATE' then
    insert into step_duration_days as days
    select organization_id, day_of(hour), ref, bucket, sum(runs), sum(failed), sum(total_ms)
    from (
      select * from added
      union all select organization_id, hour, ref, bucket, -runs, -failed, -total_ms from removed
    ) as changed
    group by 1, 2, 3, 4 order by 1, 2, 3, 4
    on conflict (organization_id, day, ref, bucket) do update set runs = days.runs + excluded.runs,
      failed = days.failed + excluded.failed, total_ms = days.total_ms + excluded.total_ms;
  else
    with less as (
      select organization_id, day_of(hour) as day, ref, bucket,
        sum(runs) as runs, sum(failed) as failed, sum(total_ms) as total_ms
      from removed group by 1, 2, 3, 4
    ), gone as (
      delete from step_duration_days as days using less
      where (days.organization_id, days.day, days.ref, days.bucket) = (less.organization_id, less.day, less.ref, less.bucket)
        and days.runs = less.runs and days.failed = less.failed and days.total_ms = less.total_ms
    )
    update step_duration_days as days set runs = days.runs - less.runs, failed = days.failed - less.failed,
      total_ms = days.total_ms - less.total_ms
    from less
    where (days.organization_id, days.day, days.ref, days.bucket) = (less.organization_id, less.day, less.ref, less.bucket)
      and not (days.runs = less.runs and days.failed = less.failed and days.total_ms = less.total_ms);
  end if;
  return null;
end
$$;
create trigger days_added after insert on step_durations
  referencing new table as added for each statement execute function sum_up_days();
create trigger days_changed after update on step_durations
  referencing old table as removed new table as added for each statement execute function sum_up_days();
create trigger days_removed after delete on step_durations
  referencing old table as removed for each statement execute function sum_up_days();

insert into step_duration_days
select organization_id, day_of(hour), ref, bucket, sum(runs), sum(failed), sum(total_ms)
from step_durations group by 1, 2, 3, 4;
