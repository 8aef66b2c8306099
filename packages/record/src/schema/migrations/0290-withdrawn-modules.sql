-- A module whose published versions are all withdrawn stays, so that people find them; no step gets it. It is inactive as well,
-- which the version before understands.
alter table modules add column withdrawn_at timestamptz;
