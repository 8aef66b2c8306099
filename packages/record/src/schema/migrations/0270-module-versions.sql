-- What was published of a module, version by version. A version is never published again with other files, so that the row
-- of one that was withdrawn stays.
create table module_versions (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  org_slug text not null,
  slug text not null,
  version text not null,
  name text not null,
  description text,
  metadata jsonb not null,
  -- Of its files.
  sha256 text not null,
  content_ref text not null,
  published_by text not null,
  published_at timestamptz not null default now(),
  withdrawn_at timestamptz,
  unique (organization_id, org_slug, slug, version)
);
create index module_versions_content_ref on module_versions (content_ref);

-- By step: the version of a published module that the first planning has frozen.
alter table executions add column module_versions jsonb;
