import { createCipheriv, createDecipheriv, hash, randomBytes } from 'node:crypto';
import type { SealedSecret, SecretPlace } from '@gantry/record/secrets/put-secret';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** A secret was sealed with a key that this api does not have, or was changed since. */
export class SealError extends Error {
  override readonly name = 'SealError';
}

/**
 * Seals secrets with AES-256-GCM: a nonce, the tag, the text. Where a secret belongs is sealed with it, so that a row of the
 * record that was put in the place of another one does not open.
 */
export class SecretSeal {
  readonly #keys: ReadonlyMap<string, Buffer>;
  readonly keyId: string;

  /** @param keys of 32 bytes; the first one seals, each opens what it has sealed */
  constructor(keys: readonly [Buffer, ...Buffer[]]) {
    this.#keys = new Map(keys.map((key) => [idOf(key), key]));
    this.keyId = idOf(keys[0]);
  }

  seal(value: string, place: SecretPlace): SealedSecret {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#key(this.keyId), nonce).setAAD(aboutOf(place));
    const text = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]);
    return { sealed: Buffer.concat([nonce, cipher.getAuthTag(), text]), keyId: this.keyId };
  }

  /** @throws SealError */
  open({ sealed, keyId, ...place }: SealedSecret & SecretPlace): string {
    const [nonce, rest] = [sealed.subarray(0, NONCE_BYTES), sealed.subarray(NONCE_BYTES)];
    const decipher = createDecipheriv('aes-256-gcm', this.#key(keyId), nonce, { authTagLength: TAG_BYTES })
      .setAAD(aboutOf(place))
      .setAuthTag(rest.subarray(0, TAG_BYTES));
    try {
      return Buffer.concat([decipher.update(rest.subarray(TAG_BYTES)), decipher.final()]).toString('utf8');
    } catch (cause) {
      throw new SealError('The secret is not as it was sealed.', { cause });
    }
  }

  #key(id: string): Buffer {
    const key = this.#keys.get(id);
    if (key === undefined) throw new SealError(`There is no key ${id} in GANTRY_SECRETS_KEY.`);
    return key;
  }
}

/** Names a key without telling of it. */
function idOf(key: Buffer): string {
  return hash('sha256', Buffer.concat([Buffer.from('gantry-secrets-key '), key])).slice(0, 12);
}

function aboutOf({ organizationId, projectId, name }: SecretPlace): Buffer {
  return Buffer.from(JSON.stringify([organizationId, projectId, name]));
}
