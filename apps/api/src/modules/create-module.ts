import { moduleInputSchema, moduleSchema } from '@gantry/contracts/http/module';
import { parseModuleRef } from '@gantry/domain/module-ref';
import { createModule as createInRecord } from '@gantry/record/modules/create-module';
import type { z } from 'zod';
import { badField } from '../http/api-error.ts';
import { slugTaken } from '../http/changed.ts';
import { route } from '../http/route.ts';
import { checkMetadata, nameReserved } from './check-metadata.ts';
import { moduleAnswer } from './module-answer.ts';
import { builtIn } from './module-params.ts';
import { liveWorkers } from './module-workers.ts';

const FIRST_VERSION = '1.0.0';

export const createModule = route({
  method: 'post',
  path: '/api/modules',
  summary: 'Create a module: a definition that steps refer to',
  scopes: ['assistants:write'],
  body: moduleInputSchema,
  answers: { 201: moduleSchema },
  errors: ['MODULE_BUILT_IN', 'NAME_RESERVED', 'SLUG_TAKEN', 'MODULE_KIND_UNAVAILABLE'],
  async handle({ caller, body }, deps) {
    checkMetadata(body.metadata, caller);
    const { orgSlug, slug, version } = nameIn(body, caller.organizationSlug);
    const result = await createInRecord(
      deps.db,
      {
        organizationId: caller.organizationId,
        orgSlug,
        slug,
        version: body.version ?? version ?? FIRST_VERSION,
        name: body.name ?? slug,
        description: body.description ?? null,
        moduleType: body.moduleType ?? 'model',
        metadata: body.metadata,
        active: body.active ?? true,
      },
      caller,
    );
    switch (result.outcome) {
      case 'built-in':
        throw builtIn(orgSlug, slug);
      case 'reserved':
        throw nameReserved(result.name);
      case 'slug-taken':
        throw slugTaken('module');
      case 'created':
        return { status: 201, body: moduleAnswer(result.row, await liveWorkers(deps)) };
    }
  },
});

function nameIn({ ref, orgSlug, slug }: z.infer<typeof moduleInputSchema>, ownSlug: string) {
  if (ref !== undefined) {
    const parsed = parseModuleRef(ref);
    if (parsed === undefined) throw badField('ref', 'expected module://org/slug or org/slug');
    return parsed;
  }
  if (slug === undefined) throw badField('slug', 'expected a slug, or a ref');
  return { orgSlug: orgSlug ?? ownSlug, slug, version: undefined };
}
