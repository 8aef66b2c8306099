import { afterAll, expect } from 'vitest';
import { waitFor } from './wait-for.ts';

/** What vitest's own workers never hold: connections, listening servers, child processes. */
const LEAKS = ['TCPSocketWrap', 'TCPServerWrap', 'ProcessWrap'];

const open = () => process.getActiveResourcesInfo().filter((resource) => LEAKS.includes(resource));

// A setup file: runs first in every test file, so this hook is its last. What an earlier file left open is not this one's.
const before = open().length;
afterAll(async () => {
  await waitFor(() => open().length <= before, { timeoutMs: 2_000 }).catch(() => undefined);
  expect(open().slice(before), 'left open by this file').toEqual([]);
});
