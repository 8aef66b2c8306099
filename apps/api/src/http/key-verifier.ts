import { hash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Database } from '@gantry/record/connection/database';
import { findKey, type KeyRow } from '@gantry/record/keys/find-key';
import { FIRST_ORGANIZATION } from '../first-key.ts';
import { openSession, sessionIn } from '../sessions/browser-session.ts';
import { ApiError } from './api-error.ts';
import type { Caller } from './caller.ts';
import { UnknownKeys } from './unknown-keys.ts';

/** A revoked key is refused at most this much later by an api that did not revoke it itself. */
const TRUST_MS = 5_000;

const MAX_REMEMBERED = 1_000;

/** Tells whose key a request carries, asking the record only now and then. */
export class KeyVerifier {
  readonly #db: Database;
  /** By the hash of the secret, oldest first. */
  readonly #remembered = new Map<string, { caller: Promise<Caller | undefined>; untilMs: number }>();

  readonly #unknown = new UnknownKeys();

  constructor(db: Database) {
    this.#db = db;
  }

  /**
   * By the key of a request or, without one, by the session of a browser that is signed in.
   * @param address of the client, whose unknown keys are limited; undefined once it has gone
   * @throws ApiError UNAUTHORIZED, TOO_MANY_REQUESTS after many unknown keys, or FORBIDDEN when a page of another site
   * uses the session to change something
   */
  async verify(headers: IncomingHttpHeaders, address: string | undefined, method = 'GET'): Promise<Caller> {
    const secret = secretIn(headers);
    if (secret === undefined) {
      const session = sessionIn(headers.cookie);
      const key = session && (await openSession(session, Date.now(), (id) => this.find(id)));
      if (key) {
        checkSameOrigin(headers, method);
        return callerOf(key);
      }
      throw unauthorized('Send an API key as x-api-key, x-access-token or Authorization: Bearer.');
    }
    const caller = await this.#callerWith(secret, address ?? '');
    if (caller === undefined) throw unauthorized('The API key is unknown or revoked.');
    return caller;
  }

  /** The caller with a key of that id, straight from the record: for a cookie that was given for it. */
  async find(keyId: string): Promise<KeyRow | undefined> {
    return findKey(this.#db, { id: keyId });
  }

  /**
   * For whoever revokes a key: each is asked for once more, so that this api refuses it from now on. The others stay known:
   * what is unknown is refused unasked at an address from which much of it comes.
   */
  askAnew(): void {
    for (const entry of this.#remembered.values()) entry.untilMs = 0;
  }

  async #callerWith(secret: string, address: string): Promise<Caller | undefined> {
    const key = hash('sha256', secret, 'base64');
    const known = this.#remembered.get(key);
    if (known && known.untilMs > Date.now()) return known.caller;
    if (known === undefined) this.#unknown.check(address, Date.now());
    const looking = this.#look(Buffer.from(key, 'base64'));
    this.#remember(key, looking);
    const caller = await looking;
    if (caller === undefined) this.#unknown.note(address, Date.now());
    return caller;
  }

  async #look(secretHash: Buffer): Promise<Caller | undefined> {
    const row = await findKey(this.#db, { secretHash });
    return row && timingSafeEqual(row.secret_hash, secretHash) ? callerOf(row) : undefined;
  }

  /** A key that is not valid is not remembered: it may be made in the next moment. */
  #remember(key: string, caller: Promise<Caller | undefined>): void {
    const entry = { caller, untilMs: Date.now() + TRUST_MS };
    this.#remembered.delete(key);
    this.#remembered.set(key, entry);
    if (this.#remembered.size > MAX_REMEMBERED) {
      const [oldest] = this.#remembered.keys();
      if (oldest !== undefined) this.#remembered.delete(oldest);
    }
    const forget = () => {
      if (this.#remembered.get(key) === entry) this.#remembered.delete(key);
    };
    caller.then((found) => found ?? forget(), forget);
  }
}

/** The cookie is same-site, but a site is more than an origin: what changes something is for our own pages alone. */
function checkSameOrigin(headers: IncomingHttpHeaders, method: string): void {
  if (method === 'GET' || method === 'HEAD') return;
  const { origin, host } = headers;
  const sameOrigin = headers['sec-fetch-site'] === 'same-origin' || (origin !== undefined && hostIn(origin) === host);
  if (!sameOrigin) throw new ApiError('FORBIDDEN', 'A session changes things for pages of this origin alone.');
}

function hostIn(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}

function callerOf(row: KeyRow): Caller {
  return {
    keyId: row.id,
    keyName: row.name,
    keyCreatedAt: row.created_at,
    organizationId: row.organization_id,
    organizationSlug: row.organization_slug,
    scopes: scopesOf(row),
  };
}

/** Admins of the organization that runs Gantry operate it: their keys are older than that scope. */
function scopesOf({ scopes, organization_slug }: KeyRow): readonly string[] {
  const operates = organization_slug === FIRST_ORGANIZATION.slug && scopes.includes('admin');
  return operates ? [...new Set([...scopes, 'operator'])] : scopes;
}

const BEARER = /^bearer +(\S+)$/i;

/** Whether a request says who sends it, truly or not. */
export function carriesKey(headers: IncomingHttpHeaders): boolean {
  return secretIn(headers) !== undefined || sessionIn(headers.cookie) !== undefined;
}

/** `x-api-key` wins; older clients send only `x-access-token`. An empty one is none. */
function secretIn(headers: IncomingHttpHeaders): string | undefined {
  const sent = [headers['x-api-key'], headers['x-access-token'], BEARER.exec(headers.authorization ?? '')?.[1]];
  return sent.flat().find((secret) => secret !== undefined && secret !== '');
}

function unauthorized(detail: string): ApiError {
  return new ApiError('UNAUTHORIZED', detail, { headers: { 'www-authenticate': 'Bearer realm="gantry"' } });
}
