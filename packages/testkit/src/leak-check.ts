import { afterAll, expect } from 'vitest';
import { waitFor } from './wait-for.ts';

/** What vitest's own workers never hold: connections, listening servers, child processes. */
const LEAKS = ['TCPSocketWrap', 'TCPServerWrap', 'ProcessWrap'];

// A setup file: runs first in every test file, so this hook is its last.
afterAll(async () => {
  const open = () => process.getActiveResourcesInfo().filter((resource) => LEAKS.includes(resource));
  await waitFor(() => open().length === 0, { timeoutMs: 2_000 }).catch(() => undefined);
  expect(open(), 'left open by this file').toEqual([]);
});
