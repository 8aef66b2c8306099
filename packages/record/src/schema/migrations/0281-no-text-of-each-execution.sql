-- In place of this one there are the index of 0280 and that of the ids of families.
drop index if exists executions_family_text;
