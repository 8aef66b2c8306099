import type { Scope } from '@gantry/contracts/http/api-key';
import { ApiError } from './api-error.ts';

/** Who asks: an API key and the organization it belongs to. */
export interface Caller {
  keyId: string;
  keyName: string;
  keyCreatedAt: Date;
  organizationId: string;
  organizationSlug: string;
  scopes: readonly string[];
}

/**
 * Lets the caller pass who has one of the scopes, or `admin`; none given: every caller.
 * @throws ApiError FORBIDDEN
 */
export function authorize(caller: Caller, scopes: readonly Scope[]): void {
  if (scopes.length === 0 || caller.scopes.includes('admin')) return;
  if (scopes.some((scope) => caller.scopes.includes(scope))) return;
  throw new ApiError('FORBIDDEN', `The API key needs the scope ${scopes.join(' or ')}.`);
}
