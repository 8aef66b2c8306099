-- What operators hold: everything, a module runtime, or an assistant. Nothing new of it starts until it is resumed.
create table pauses (
  kind text not null check (kind in ('everything', 'runtime', 'assistant')),
  -- A runtime's org/slug, an assistant's id, or empty.
  target text not null,
  -- Of an assistant: its organization.
  organization_id uuid references organizations on delete cascade,
  reason text,
  paused_by text not null,
  paused_at timestamptz not null default now(),
  primary key (kind, target)
);
-- Said here too, where executions are made: those of a paused assistant wait in the record.
alter table assistants add column paused boolean not null default false;
