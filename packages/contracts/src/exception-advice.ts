import { EXCEPTION_CATALOGUE } from '@gantry/domain/exception-catalogue';
import type { ExceptionDetails } from '@gantry/domain/exception-details';

/** What to do about a failure: as whatever failed says, else as the catalogue does for its code. */
export function adviceOn({ advice, help, errorType }: ExceptionDetails): string | undefined {
  return advice ?? help ?? (isListed(errorType) ? EXCEPTION_CATALOGUE[errorType][1] : undefined);
}

function isListed(errorType: string): errorType is keyof typeof EXCEPTION_CATALOGUE {
  return Object.hasOwn(EXCEPTION_CATALOGUE, errorType);
}
