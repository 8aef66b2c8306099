import { idField } from '@gantry/contracts/http/fields';
import { z } from 'zod';

/** The path parameter of everything that has a UUID. */
export const idParams = z.object({ id: idField });
