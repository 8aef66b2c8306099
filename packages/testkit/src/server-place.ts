import { setTimeout as delay } from 'node:timers/promises';
import type { ServerStarter } from './test-server.ts';

const ENGINE_LIMIT_MS = 5_000;

/** Where test servers run. */
export type ServerPlace = 'containers' | 'local';

/** Containers where an engine answers, processes of this machine elsewhere. */
export async function choosePlace(): Promise<ServerPlace> {
  const { getContainerRuntimeClient } = await import('testcontainers');
  const answer = getContainerRuntimeClient().then(
    () => 'containers' as const,
    () => 'local' as const,
  );
  return Promise.race([answer, delay(ENGINE_LIMIT_MS, 'local' as const, { ref: false })]);
}

/** The starter for a place, loaded only when it is used: the container client alone takes half a second to load. */
export async function starterFor(place: ServerPlace): Promise<ServerStarter> {
  return place === 'containers'
    ? (await import('./container-starter.ts')).containerStarter
    : (await import('./local-starter.ts')).localStarter;
}
