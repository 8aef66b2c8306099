import { documentFamilySchema } from '@gantry/contracts/http/document-family';
import { idField, pathIdField } from '@gantry/contracts/http/fields';
import { addDocument } from '@gantry/record/families/add-document';
import { z } from 'zod';
import type { ApiDeps } from '../api-deps.ts';
import { refusal } from '../events/event-answer.ts';
import { readFamily } from '../families/family-answer.ts';
import { ApiError } from '../http/api-error.ts';
import { once } from '../http/idempotency.ts';
import { type Incoming, route } from '../http/route.ts';
import { readUpload, type Upload } from './read-upload.ts';
import { uploadFields, uploadFormSchema } from './upload-fields.ts';

/** A store's id, or its ref: `org/slug`, `org/slug:version` or `org/slug/version`, its slashes encoded or not. */
const storeIdParam = z
  .array(z.string())
  .transform(([org, slug, version, ...rest]) =>
    version === undefined ? [org, slug].filter(Boolean).join('/') : `${org}/${slug}:${[version, ...rest].join('/')}`,
  )
  .pipe(pathIdField);

export const uploadDocument = route({
  method: 'post',
  path: '/api/stores/*storeId/upload',
  summary: 'Keep the file of a multipart form as a document, or as a new version of one, and announce it',
  scopes: ['events:write'],
  params: z.object({ storeId: storeIdParam }),
  query: z.object({ projectId: idField.optional() }),
  bodies: { 'multipart/form-data': uploadFormSchema },
  answers: { 200: documentFamilySchema },
  errors: [
    'PROJECT_REQUIRED',
    'PROJECT_NOT_FOUND',
    'PROJECT_MISMATCH',
    'SUBSCRIPTIONS_TOO_COSTLY',
    'TOO_MANY_VERSIONS',
    'CONTENT_QUOTA_EXCEEDED',
  ],
  async handle(incoming, deps) {
    const { caller, request } = incoming;
    const { organizationId } = caller;
    const store = deps.content.forOrganization(organizationId);
    await deps.contentQuotas.check(organizationId).catch((refusal) => {
      // The form must still be read, or the client never gets to hear of it.
      request.resume();
      throw refusal;
    });
    const upload = await readUpload(request, store, deps.maxUploadBytes);
    const asked = [upload.fileName, upload.contentType, [...upload.fields], upload.content.sha256];
    let isNeeded = false;
    try {
      return await once(deps, incoming, asked, async () => {
        isNeeded = true;
        const { familyId } = await add(upload, incoming, deps);
        await deps.contentQuotas.add(organizationId, upload.content.size);
        return { status: 200, body: await readFamily(deps, organizationId, familyId) };
      });
    } catch (error) {
      // Only what was refused for certain: bytes that nothing refers to do less harm than a reference to no bytes.
      if (error instanceof ApiError) isNeeded = false;
      throw error;
    } finally {
      if (!isNeeded) await store.delete(upload.content.ref);
    }
  },
});

type UploadRequest = Omit<
  Incoming<{ storeId: string }, { projectId?: string | undefined }, unknown>,
  'body' | 'request'
>;

/** @throws ApiError when the form or the project is not right */
async function add(
  upload: Upload,
  { caller, params, query, traceparent }: UploadRequest,
  { db, commits, priorityDefaults }: ApiDeps,
) {
  const { content, contentType, fileName } = upload;
  const { path, projectId, labels, metadata } = uploadFields(upload);
  const about = { contentType, sha256: content.sha256, ...(fileName === null ? {} : { fileName }) };
  const adding = addDocument(
    db,
    {
      organizationId: caller.organizationId,
      storeId: params.storeId,
      projectId: query.projectId ?? projectId,
      path,
      labels,
      metadata,
      traceparent,
      content: { ref: content.ref, size: content.size, metadata: about },
    },
    { now: new Date(), priorityDefaults },
  );
  const added = await commits.follow(adding);
  if (!added.ok) throw refusal(added);
  return added;
}
