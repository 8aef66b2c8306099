-- Modules of module files, as workers report them: when that was last so, to the hour. Null for all others.
-- Like those that ship with Gantry they have no organization; an organization's own module of the name goes first.
alter table modules add column reported_at timestamptz;
