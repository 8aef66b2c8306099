-- Finds the family that lists a content. Databases of an earlier state have it of 0230.
create index if not exists document_families_contents on document_families
  using gin (jsonb_path_query_array(content_objects, '$[*].contentRef'));
