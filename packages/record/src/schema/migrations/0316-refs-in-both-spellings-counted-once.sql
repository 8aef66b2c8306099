-- Executions from before 0315. One statement sees the record and the numbers at one moment, as in 0314.
insert into execution_value_count_deltas
select organization_id, field, value, sum(count) from (
  select organization_id, field, value, count(*)
  from executions cross join lateral counted_values(context, pipeline) group by 1, 2, 3
  union all select organization_id, field, value, -count from execution_value_counts
  union all select organization_id, field, value, -count from execution_value_count_deltas
) as counted
where field = 'pipeline.ref in both spellings'
group by 1, 2, 3 having sum(count) <> 0;
