-- Whether few executions or nearly all run a module decides how those that do are looked for. Of the values of a partial index
-- Postgres keeps that, too, but does not go by it. Nothing is written with an execution.
create statistics executions_refs on (jsonb_path_query_array(pipeline, '$.steps[*].ref')) from executions;
analyze executions (pipeline);
