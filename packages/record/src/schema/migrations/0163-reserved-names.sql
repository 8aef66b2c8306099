-- Modules and module runtimes that some organizations alone may use: `org` or `org/slug`, and the slugs of those. It is
-- written from a setting of the api.
create table reserved_names (
  name text primary key,
  organizations text[] not null
);
