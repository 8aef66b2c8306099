-- Executions from before the triggers of 0311, which are committed by now. One statement sees the record and the numbers at one
-- moment: nobody waits for it, and what others write meanwhile counts too.
insert into execution_value_count_deltas
select organization_id, field, value, sum(count) from (
  select organization_id, field, value, count(*)
  from executions cross join lateral counted_values(context, pipeline) group by 1, 2, 3
  union all select organization_id, field, value, -count from execution_value_counts
  union all select organization_id, field, value, -count from execution_value_count_deltas
) as counted
group by 1, 2, 3 having sum(count) <> 0;
