import { FIRST_ORGANIZATION } from '../first-key.ts';
import { ApiError } from './api-error.ts';
import { authorize, type Caller } from './caller.ts';

/**
 * Lets an admin of the organization that runs Gantry pass: for what concerns all organizations.
 * @param what it is
 * @throws ApiError FORBIDDEN
 */
export function checkOperator(caller: Caller, what: string): void {
  authorize(caller, ['admin']);
  if (caller.organizationSlug !== FIRST_ORGANIZATION.slug) {
    throw new ApiError('FORBIDDEN', `${what} are for the organization that runs Gantry alone.`);
  }
}
