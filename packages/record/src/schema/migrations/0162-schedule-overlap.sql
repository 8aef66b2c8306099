-- What happens to a tick while the execution of the last one is unfinished.
alter table schedules add column overlap text not null default 'allow';
