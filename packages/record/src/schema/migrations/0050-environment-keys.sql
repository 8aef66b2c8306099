-- The environment of the api gives one key: another one that it gives later takes its place.
alter table api_keys add column from_environment boolean not null default false;
-- Until now they were told apart by their name alone, a random key of a very first start among them.
update api_keys set from_environment = true
  from organizations
  where organizations.id = api_keys.organization_id and organizations.slug = 'local' and api_keys.name = 'first key';
