import { ModuleError } from '@gantry/module-sdk/module-error';
import type { SecretSource } from '@gantry/runners/secret-source';
import { z } from 'zod';

const ANSWER_MS = 5_000;
const answerSchema = z.object({ value: z.string() });
const problemSchema = z.object({ code: z.string(), message: z.string() });

/**
 * The secrets that the api keeps, each asked for at the moment a step needs it and kept by nobody here. Rejects when the api
 * does not say: the step waits then.
 */
export function storedSecrets({ apiUrl, workerToken }: { apiUrl: string; workerToken: string }): SecretSource {
  const address = new URL('/worker/secrets', apiUrl);
  return async (name, { executionId }) => {
    const response = await fetch(address, {
      method: 'POST',
      headers: { authorization: `Bearer ${workerToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ executionId, name }),
      redirect: 'error',
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const answer: unknown = await response.json();
    if (response.ok) return answerSchema.parse(answer).value;
    const { code, message } = problemSchema.parse(answer);
    if (code === 'SECRET_NOT_FOUND') return undefined;
    if (code === 'SECRET_LOST') throw new ModuleError('SECRET_LOST', message);
    throw new Error(`the api answered ${response.status} ${code}`);
  };
}
