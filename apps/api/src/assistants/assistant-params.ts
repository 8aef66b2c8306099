import { idField } from '@gantry/contracts/http/fields';
import { z } from 'zod';

/** The project whose assistants a path speaks of. */
export const projectParams = z.object({ projectId: idField });

/** An assistant, and the project it must be of when the path names one. */
export const assistantParams = z.object({ id: idField, projectId: idField.optional() });

export const PROJECT_ASSISTANTS = '/api/projects/:projectId/assistants';

/** Every assistant has two paths: below its project, and by its id alone. */
export const ASSISTANT_PATHS = [`${PROJECT_ASSISTANTS}/:id`, '/api/assistants/:id'] as const;
