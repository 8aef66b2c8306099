import { createHmac, timingSafeEqual } from 'node:crypto';
import type { KeyRow } from '@gantry/record/keys/find-key';

export const SESSION_COOKIE = 'gantry_session';

/** How long a login lasts. */
export const SESSION_MS = 12 * 3_600_000;

const SESSION = /^(?<keyId>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.(?<untilMs>\d{1,15})\.(?<seal>[0-9a-f]{64})$/;

/**
 * What a browser keeps after a login: which key it was, until when, and a seal that only somebody who knows the hash of
 * that key can make. No secret is in it, every api replica can check it, and revoking the key ends it.
 */
export function sealSession(key: Pick<KeyRow, 'id' | 'secret_hash'>, nowMs: number): string {
  const untilMs = nowMs + SESSION_MS;
  return `${key.id}.${untilMs}.${seal(key, untilMs)}`;
}

/** @returns the key that the session was given for, undefined when it is over or not genuine */
export async function openSession(
  session: string,
  nowMs: number,
  findKey: (id: string) => Promise<KeyRow | undefined>,
): Promise<KeyRow | undefined> {
  const groups = SESSION.exec(session)?.groups;
  if (groups?.['keyId'] === undefined || groups['seal'] === undefined) return undefined;
  const untilMs = Number(groups['untilMs']);
  if (untilMs < nowMs) return undefined;
  const key = await findKey(groups['keyId']);
  const genuine = key && timingSafeEqual(Buffer.from(groups['seal'], 'hex'), Buffer.from(seal(key, untilMs), 'hex'));
  return genuine ? key : undefined;
}

function seal(key: Pick<KeyRow, 'id' | 'secret_hash'>, untilMs: number): string {
  return createHmac('sha256', key.secret_hash).update(`gantry-session ${key.id} ${untilMs}`).digest('hex');
}

/** The session in a Cookie header. */
export function sessionIn(cookies: string | undefined): string | undefined {
  for (const cookie of cookies?.split(';') ?? []) {
    const [name, value] = cookie.trim().split('=');
    if (name === SESSION_COOKIE) return value;
  }
  return undefined;
}
