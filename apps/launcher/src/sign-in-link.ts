import { z } from 'zod';
import type { ApiClient } from './api-client.ts';

/** An address that signs one browser in. The token is behind a `#`, so that no server or proxy logs it. */
export async function makeSignInLink(client: ApiClient): Promise<string> {
  const { token } = await client.post('/session/links', {}, z.object({ token: z.string() }));
  return `${client.url}/sign-in#token=${token}`;
}
