/** A place in a trace, as https://www.w3.org/TR/trace-context/ writes it: version, trace, parent, flags. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The traceparent that is said; null for one that is none: a bad one is as none, and refuses nothing. */
export function readTraceparent(said: unknown): string | null {
  return typeof said === 'string' && TRACEPARENT.test(said) ? said : null;
}
