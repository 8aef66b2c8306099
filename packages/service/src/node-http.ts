/**
 * Node's `http`. Imported as other modules are it loads all that it has a name for, and with WebSocket the client behind `fetch` and
 * HTTP/2, which take each process 13 MB.
 */
export const { createServer, STATUS_CODES } = process.getBuiltinModule('node:http');
