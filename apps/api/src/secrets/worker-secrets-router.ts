import { hash, timingSafeEqual } from 'node:crypto';
import { secretQuestionSchema } from '@gantry/contracts/http/secret';
import { findSecret } from '@gantry/record/secrets/find-secret';
import type { SealedSecret, SecretPlace } from '@gantry/record/secrets/put-secret';
import { type Request, type Response, Router } from 'express';
import type { ApiDeps } from '../api-deps.ts';
import { ApiError, badInput } from '../http/api-error.ts';
import { readJson } from '../http/read-json.ts';
import { SealError, type SecretSeal } from './secret-seal.ts';

interface WorkerSecretsParts {
  deps: Pick<ApiDeps, 'db' | 'seal'>;
  /** What workers prove themselves with; undefined: none is let in. */
  workerToken: string | undefined;
  /** Answers an error as a problem. */
  refuse: (error: unknown, request: Request, response: Response) => void;
}

const MAX_QUESTION_BYTES = 1_024;

/**
 * Where a worker asks for a secret of an execution that it runs. Not in the table of routes: no API key opens it, and the
 * token of workers opens nothing else. Whose secrets they are says the record's row of the execution, not the worker.
 */
export function workerSecretsRouter({ deps, workerToken, refuse }: WorkerSecretsParts): Router {
  return Router().post('/worker/secrets', async (request, response) => {
    request.on('error', () => {});
    try {
      if (!isWorker(request, workerToken)) throw new ApiError('UNAUTHORIZED', 'Send GANTRY_WORKER_TOKEN as a bearer.');
      const { value } = await readJson(request, MAX_QUESTION_BYTES);
      const question = secretQuestionSchema.safeParse(value ?? {});
      if (!question.success) throw badInput(question.error, 'body');
      const found = deps.seal && (await findSecret(deps.db, question.data));
      if (!found || !deps.seal) throw new ApiError('SECRET_NOT_FOUND', `There is no secret ${question.data.name}.`);
      response.set('cache-control', 'no-store').json({ value: opened(deps.seal, found) });
    } catch (error) {
      refuse(error, request, response);
    }
  });
}

function opened(seal: SecretSeal, found: SecretPlace & SealedSecret): string {
  try {
    return seal.open(found);
  } catch (error) {
    if (error instanceof SealError) throw new ApiError('SECRET_LOST', `The secret ${found.name}: ${error.message}`);
    throw error;
  }
}

function isWorker({ headers }: Request, token: string | undefined): boolean {
  const given = /^bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  if (token === undefined || given === undefined) return false;
  return timingSafeEqual(hash('sha256', given, 'buffer'), hash('sha256', token, 'buffer'));
}
