import type { Scope } from '@gantry/contracts/http/api-key';
import { type ModuleMetadata, RUNNABLE_KINDS } from '@gantry/contracts/module-definition';
import { LIMITS } from '@gantry/domain/limits';
import { ApiError } from '../http/api-error.ts';
import { authorize, type Caller } from '../http/caller.ts';

/** @throws ApiError MODULE_KIND_UNAVAILABLE, CONTENT_TOO_LARGE, FORBIDDEN */
export function checkMetadata(metadata: ModuleMetadata, caller: Caller, mayRunCode: Scope = 'admin'): void {
  // Whoever names a program runs it as the worker's user; a script is in a sandbox.
  if (metadata.kind === 'process') authorize(caller, [mayRunCode]);
  if (!RUNNABLE_KINDS.includes(metadata.kind)) {
    const errors = { 'metadata.kind': `expected ${RUNNABLE_KINDS.join(' or ')}` };
    throw new ApiError('MODULE_KIND_UNAVAILABLE', `Modules of the kind ${metadata.kind} cannot run here.`, { errors });
  }
  if (Buffer.byteLength(JSON.stringify(metadata)) > LIMITS.moduleBytes) {
    throw new ApiError('CONTENT_TOO_LARGE', `The metadata of a module is at most ${LIMITS.moduleBytes} bytes.`);
  }
}

export function nameReserved(name: string): ApiError {
  return new ApiError('NAME_RESERVED', `${name} is reserved for other organizations.`, {
    errors: { [name]: 'is reserved' },
  });
}
