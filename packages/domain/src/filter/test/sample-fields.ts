import type { FieldCatalogue } from '../field-catalogue.ts';

/** A field of each kind, for the tests. */
export const sampleFields: FieldCatalogue = {
  id: { kind: 'uuid' },
  slug: { kind: 'text' },
  priority: { kind: 'number' },
  active: { kind: 'boolean' },
  createdOn: { kind: 'date' },
  status: { kind: 'words', words: { RUNNING: 1, SUCCEEDED: 2, FAILED: 3 } },
  context: { kind: 'json' },
  'steps.ref': { kind: 'text' },
};
