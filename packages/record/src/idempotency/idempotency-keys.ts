import { sql } from 'kysely';
import { type Database, jsonb } from '../connection/database.ts';
import { newId } from '../schema/new-id.ts';
import type { KeptAnswer } from '../schema/tables.ts';

/** Names a request by the key that its client gave. */
export interface KeyedRequest {
  organizationId: string;
  key: string;
  /** SHA-256 of what is asked for. */
  request: Buffer;
}

export type Claim =
  | { outcome: 'claimed'; claim: string }
  | { outcome: 'answered'; answer: KeptAnswer }
  /** Another request with this key is being worked on, or its api died a moment ago. */
  | { outcome: 'under-way' }
  /** The key was given to something else. */
  | { outcome: 'other-request' };

/** By the clock of the record. */
const KEPT = sql`interval '24 hours'`;
/** A request that was not answered within this time never will be. */
const GIVEN_UP = sql`interval '1 minute'`;

/** Takes a key for a request; one that is expired, or whose api died with it, is free again. */
export async function claimKey(db: Database, { organizationId, key, request }: KeyedRequest): Promise<Claim> {
  const claim = newId();
  const { rows } = await sql<{ request: Buffer; claim: string; answer: KeptAnswer | null }>`
    with taken as (
      insert into idempotency_keys as standing (organization_id, key, request, claim)
      values (${organizationId}, ${key}, ${request}, ${claim})
      on conflict (organization_id, key) do update
      set request = excluded.request, claim = excluded.claim, claimed_at = excluded.claimed_at, answer = null
      where standing.claimed_at < now() - ${KEPT}
        or (standing.answer is null and standing.request = excluded.request and standing.claimed_at < now() - ${GIVEN_UP})
      returning request, claim, answer
    )
    select * from taken union all
    select request, claim, answer from idempotency_keys
    where organization_id = ${organizationId} and key = ${key} and not exists (select from taken)`.execute(db);
  const [standing] = rows;
  // Somebody's claim that was committed, or given back, while we looked.
  if (standing === undefined) return { outcome: 'under-way' };
  if (standing.claim === claim) return { outcome: 'claimed', claim };
  if (!standing.request.equals(request)) return { outcome: 'other-request' };
  return standing.answer === null ? { outcome: 'under-way' } : { outcome: 'answered', answer: standing.answer };
}

export async function keepAnswer(
  db: Database,
  claim: string,
  { organizationId, key }: KeyedRequest,
  answer: KeptAnswer,
) {
  await db
    .updateTable('idempotency_keys')
    .set({ answer: jsonb(answer) })
    .where('organization_id', '=', organizationId)
    .where('key', '=', key)
    .where('claim', '=', claim)
    .execute();
}

/** Nothing came of the request: it may be sent again. */
export async function giveKeyBack(db: Database, claim: string, { organizationId, key }: KeyedRequest): Promise<void> {
  await db
    .deleteFrom('idempotency_keys')
    .where('organization_id', '=', organizationId)
    .where('key', '=', key)
    .where('claim', '=', claim)
    .execute();
}
