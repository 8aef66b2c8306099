import { EVENT_TYPE_PATTERN, EVENT_TYPES } from './event-type.ts';

/** A version at the end of a name, such as `.v1`. */
const VERSION = /[._/-]v\d+(?:[._]\d+)*$/i;
const HUMP = /([a-z0-9])([A-Z])/g;
const SEPARATORS = /[^A-Za-z0-9]+/;

/**
 * The event type that a producer's own name for it means. An UPPER_SNAKE word is one as it stands. Of any other name,
 * such as `com.acme.content.created` or `documentFamilyCreated.v1`, the last words count: the longest run of them
 * that is a known event type, or for one of a single word the whole name. Where none is, it is a type of its own: all
 * of its words, `com.acme.order.placed` is COM_ACME_ORDER_PLACED. Undefined: it means none.
 */
export function eventTypeNamed(name: string): string | undefined {
  if (EVENT_TYPE_PATTERN.test(name)) return name;
  const words = name
    .replace(VERSION, '')
    .replaceAll(HUMP, '$1 $2')
    .split(SEPARATORS)
    .filter((word) => word !== '')
    .map((word) => word.toUpperCase());
  const known = words
    .map((_, start) => words.slice(start).join('_'))
    .find((type, start) => Object.hasOwn(EVENT_TYPES, type) && (start === 0 || type.includes('_')));
  const own = words.join('_');
  return known ?? (EVENT_TYPE_PATTERN.test(own) ? own : undefined);
}
