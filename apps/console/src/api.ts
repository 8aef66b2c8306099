import { GantryClient } from '@gantry/client/gantry-client';
import { GantryError } from '@gantry/client/gantry-error';
import type { Account } from '@gantry/contracts/http/api-key';
import { QueryCache, QueryClient } from '@tanstack/react-query';

/** The api that serves these pages; the session cookie says who asks. */
export const api = new GantryClient({ url: '', retry: { attempts: 2 }, fetch: fetchOrNotice });

/** What gets no answer has the session asked for at once, which shows whether Gantry is away. */
async function fetchOrNotice(...[input, init]: Parameters<typeof fetch>): Promise<Response> {
  try {
    return await fetch(input, init);
  } catch (error) {
    if (!init?.signal?.aborted) void queries.invalidateQueries({ queryKey: ACCOUNT });
    throw error;
  }
}

export const ACCOUNT = ['account'] as const;

/** @throws GantryError UNAUTHORIZED for who is not signed in */
export async function readAccount(signal?: AbortSignal): Promise<Account> {
  const response = await ask('/api/account/me', { ...(signal ? { signal } : {}) });
  return response.json();
}

/** @throws GantryError */
export async function signIn(credential: { key: string } | { token: string }): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  await ask('/session', { method: 'POST', headers, body: JSON.stringify(credential) });
}

export async function signOut(): Promise<void> {
  await ask('/session', { method: 'DELETE' });
  queries.clear();
  await queries.invalidateQueries();
}

async function ask(path: string, init: RequestInit): Promise<Response> {
  const response = await fetch(path, init).catch((cause: unknown) => {
    throw new GantryError('NO_ANSWER', 'Gantry does not answer.', { cause });
  });
  if (response.ok) return response;
  const { code = 'UNEXPECTED_ANSWER', detail = response.statusText } = await response.json().catch(() => ({}));
  throw new GantryError(code, detail, { status: response.status });
}

/** Whatever is read: a session that is over brings the sign-in page back, with the address kept. */
export const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error, query) => {
      const isOver = error instanceof GantryError && error.code === 'UNAUTHORIZED';
      if (isOver && query.queryKey[0] !== ACCOUNT[0]) void queries.resetQueries({ queryKey: ACCOUNT });
    },
  }),
  defaultOptions: { queries: { retry: false, staleTime: 2_000, networkMode: 'always' } },
});
