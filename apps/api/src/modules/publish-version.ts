import { BundleError, type BundleSum } from '@gantry/bundles/bundle';
import { checkBundle } from '@gantry/bundles/read-bundle';
import type { ContentStore } from '@gantry/contents/content-store';
import {
  modulePublicationFormSchema,
  modulePublicationSchema,
  moduleVersionSchema,
} from '@gantry/contracts/http/module';
import { publishVersion as publishInRecord } from '@gantry/record/modules/publish-version';
import type { z } from 'zod';
import { withoutAbsentNulls } from '../http/absent-nulls.ts';
import { ApiError, badField, badInput } from '../http/api-error.ts';
import { parseJsonField } from '../http/parse-json.ts';
import { route } from '../http/route.ts';
import { readUpload } from '../stores/read-upload.ts';
import { checkMetadata, nameReserved } from './check-metadata.ts';
import { builtIn } from './module-params.ts';
import { latestOf, VERSIONS_PATH, versionAnswer, versionsParams } from './version-answer.ts';

export const publishVersion = route({
  method: 'post',
  path: VERSIONS_PATH,
  summary: 'Publish a version of a module: its files, which workers fetch, and what it is',
  scopes: ['modules:publish'],
  params: versionsParams,
  bodies: { 'multipart/form-data': modulePublicationFormSchema },
  answers: { 200: moduleVersionSchema, 201: moduleVersionSchema },
  errors: [
    ...(['MODULE_BUILT_IN', 'NAME_RESERVED', 'MODULE_KIND_UNAVAILABLE', 'MODULE_VERSION_TAKEN'] as const),
    ...(['TOO_MANY_OF_THEM', 'CONTENT_QUOTA_EXCEEDED'] as const),
  ],
  async handle({ caller, params: { orgSlug, slug }, request }, deps) {
    const { organizationId } = caller;
    const store = deps.content.forOrganization(organizationId);
    await deps.contentQuotas.check(organizationId).catch((refusal) => {
      // The form must still be read, or the client never gets to hear of it.
      request.resume();
      throw refusal;
    });
    const { content, fields } = await readUpload(request, store, deps.maxUploadBytes);
    let isNeeded = false;
    try {
      const { version, name, description = null, metadata, entry } = manifestIn(fields);
      checkMetadata(metadata, caller, 'modules:publish');
      if (metadata.kind === 'node' && entry === undefined) throw badField('entry', 'expected the file of the module');
      const sum = await sumOf(store, content.ref, entry);
      const bundle = { ...sum, contentRef: content.ref, ...(entry !== undefined && { entry }) };
      const named = { organizationId, orgSlug, slug };
      // Also when nobody knows whether the commit came through.
      isNeeded = true;
      const published = await publishInRecord(
        deps.db,
        {
          ...named,
          version,
          name: name ?? slug,
          description,
          metadata: { ...metadata, bundle },
          sha256: sum.sha256,
          contentRef: content.ref,
        },
        caller,
      );
      isNeeded = published.outcome === 'published';
      switch (published.outcome) {
        case 'built-in':
          throw builtIn(orgSlug, slug);
        case 'reserved':
          throw nameReserved(published.name);
        case 'too-many':
          throw new ApiError('TOO_MANY_OF_THEM', 'There are as many versions of the module as there may be.');
        case 'other-files':
          throw new ApiError(
            'MODULE_VERSION_TAKEN',
            `The version ${version} of ${orgSlug}/${slug} was published with other files.`,
          );
      }
      const isNew = published.outcome === 'published';
      if (isNew) await deps.contentQuotas.add(organizationId, content.size);
      return { status: isNew ? 201 : 200, body: versionAnswer(published.row, await latestOf(deps, named)) };
    } finally {
      if (!isNeeded) await store.delete(content.ref);
    }
  },
});

function manifestIn(fields: ReadonlyMap<string, readonly string[]>): z.output<typeof modulePublicationSchema> {
  const text = fields.get('manifest')?.[0];
  if (text === undefined) throw badField('manifest', 'expected JSON that says what the module is');
  const value = withoutAbsentNulls(modulePublicationSchema, parseJsonField(text, 'manifest'));
  const manifest = modulePublicationSchema.safeParse(value);
  if (!manifest.success) throw badInput(manifest.error, 'manifest');
  return manifest.data;
}

async function sumOf(store: ContentStore, ref: string, entry: string | undefined): Promise<BundleSum> {
  try {
    return await checkBundle(await store.openRead(ref), entry);
  } catch (error) {
    if (!(error instanceof BundleError)) throw error;
    if (error.code === 'BUNDLE_TOO_LARGE') throw new ApiError('CONTENT_TOO_LARGE', `The bundle: ${error.message}.`);
    throw badField('file', error.message);
  }
}
