-- Which history of the record this is, and how far it has come: a record that is set back has a smaller beat than Redis
-- has been told of, one of another installation another lineage.
alter table leader add column lineage uuid not null default gen_random_uuid();
alter table leader add column beat bigint not null default 0;
