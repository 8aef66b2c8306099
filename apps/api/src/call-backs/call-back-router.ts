import { callBackSchema } from '@gantry/contracts/http/call-back';
import { type CallBacks, readCallToken } from '@gantry/dispatch/call-backs';
import { LIMITS } from '@gantry/domain/limits';
import { type Request, type Response, Router } from 'express';
import { ApiError, badInput } from '../http/api-error.ts';
import { readJson } from '../http/read-json.ts';

interface CallBackParts {
  callBacks: Pick<CallBacks, 'answer'>;
  /** Answers an error as a problem. */
  refuse: (error: unknown, request: Request, response: Response) => void;
}

/**
 * Where endpoints of `http` modules say later how a step ended. Not in the table of routes: the token in the path is all
 * that is needed, and is good for nothing else.
 */
export function callBackRouter({ callBacks, refuse }: CallBackParts): Router {
  return Router().post('/call-backs/:token', async (request, response) => {
    request.on('error', () => {});
    try {
      await take(callBacks, request);
      response.status(204).end();
    } catch (error) {
      refuse(error, request, response);
    }
  });
}

async function take(callBacks: CallBackParts['callBacks'], request: Request): Promise<void> {
  const call = readCallToken(String(request.params['token']));
  if (call === undefined) throw unknown();
  const { value } = await readJson(request, LIMITS.callBackBytes);
  const said = callBackSchema.safeParse(value ?? {});
  if (!said.success) throw badInput(said.error, 'body');
  const taken = await callBacks.answer(call, JSON.stringify(said.data)).catch(() => {
    throw new ApiError('QUEUE_UNAVAILABLE', 'The answer cannot be kept at the moment.', {
      headers: { 'retry-after': '1' },
    });
  });
  if (taken === 'unknown') throw unknown();
  if (taken === 'answered') throw new ApiError('CALL_BACK_ANSWERED', 'The step was told something else before.');
}

function unknown(): ApiError {
  return new ApiError('CALL_BACK_UNKNOWN', 'No step waits for this answer.');
}
