import { hash, randomBytes } from 'node:crypto';

/** A new secret: 256 random bits, with a prefix by which a leaked one is recognized. */
export function newSecret(): string {
  return `gantry_${randomBytes(32).toString('base64url')}`;
}

/** What is stored of a secret. It is random enough that a plain hash cannot be searched. */
export function secretHash(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}
