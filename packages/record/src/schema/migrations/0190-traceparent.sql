-- Where in a trace the execution began: W3C traceparent of what asked for it.
alter table executions add column traceparent text;
