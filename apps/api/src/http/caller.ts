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
 * Lets the caller pass who has one of the scopes, or `admin`, which is all but `operator`; none given: every caller.
 * @throws ApiError FORBIDDEN
 */
export function authorize(caller: Caller, scopes: readonly Scope[]): void {
  const isAdmin = caller.scopes.includes('admin');
  if (scopes.length === 0) return;
  if (scopes.some((scope) => caller.scopes.includes(scope) || (isAdmin && scope !== 'operator'))) return;
  throw new ApiError('FORBIDDEN', `The API key needs the scope ${scopes.join(' or ')}.`);
}
