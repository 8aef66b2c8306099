import type { SerializedError } from 'pino';

/** Of Postgres: it is starting, stopping, full, read-only, out of connections, or somebody holds a lock. */
const NOT_NOW = /^(08|53|57|58)...$|^(25006|25P03|55P03)$/;
/** What the drivers say, without a code, where there is no connection. */
const NO_CONNECTION =
  /^(Stream isn't writeable|Connection is closed|Connection terminated|Command timed out|timeout exceeded when trying to connect)/;

/**
 * Whether an error says how a server is, or that it is away: the way through its driver is no place in the code where anything
 * is to be mended.
 */
export function saysHowServerIs({ type, message, code, severity, syscall }: SerializedError): boolean {
  return (
    type === 'ReplyError' ||
    (severity !== undefined && NOT_NOW.test(String(code))) ||
    ['connect', 'read', 'write', 'getaddrinfo'].includes(String(syscall)) ||
    NO_CONNECTION.test(message)
  );
}
