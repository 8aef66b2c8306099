-- All families of an organization are counted in an index: half a million of them sooner than processes that help have begun.
alter table document_families set (parallel_workers = 0);
