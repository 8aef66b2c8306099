import type { JsonObject } from '../../json.ts';

/** A context with a value of each kind. */
export const sampleContext: JsonObject = {
  eventType: 'CONTENT_CREATED',
  a: 7,
  zero: 0,
  empty: '',
  name: 'Invoice 42.pdf',
  flag: true,
  nothing: null,
  tags: ['red', 'blue'],
  none: [],
  project: { environment: 'production', 'min-score': 0.85, steps: [{ ref: 'first' }, { ref: 'last' }] },
  // Words of the language are names like any other after a dot.
  and: { or: { not: { in: { True: 5 } } } },
};
