-- Content that nothing refers to any more since the step that wrote it is gone, however it went. Whoever has the content
-- store deletes the content and then the row: the record does not reach it.
create table discarded_contents (
  ref text primary key,
  discarded_at timestamptz not null default now()
);
create index discarded_contents_oldest on discarded_contents (discarded_at);

create function discard_output() returns trigger language plpgsql as $$
begin
  insert into discarded_contents (ref) values (old.output_ref) on conflict do nothing;
  return null;
end
$$;
create trigger discard_output after delete on execution_steps
  for each row when (old.output_ref is not null) execute function discard_output();
