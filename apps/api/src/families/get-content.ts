import { foreignIdField } from '@gantry/contracts/http/fields';
import { z } from 'zod';
import { ApiError, notFound } from '../http/api-error.ts';
import { fileReply } from '../http/file-reply.ts';
import { route } from '../http/route.ts';
import { readFamily } from './family-answer.ts';

export const getContent = route({
  method: 'get',
  path: '/api/document-families/:id/contents/:objectId',
  summary: 'The bytes of a content object; ranges of them, too',
  scopes: ['executions:read'],
  params: z.object({ id: foreignIdField, objectId: foreignIdField }),
  answers: { 200: z.undefined(), 206: z.undefined(), 304: z.undefined() },
  bytes: true,
  errors: ['CONTENT_NOT_FOUND', 'RANGE_NOT_SATISFIABLE'],
  async handle({ caller: { organizationId }, params: { id, objectId }, request }, deps) {
    const { contentObjects } = await readFamily(deps, organizationId, id);
    const object = contentObjects.find((each) => each.id === objectId);
    if (object === undefined) throw notFound('content object', objectId);
    if (object.contentRef === null) {
      throw new ApiError('CONTENT_NOT_FOUND', `The bytes of the content object ${objectId} are not kept here.`);
    }
    return fileReply(request, deps.content.forOrganization(organizationId), object.contentRef);
  },
});
