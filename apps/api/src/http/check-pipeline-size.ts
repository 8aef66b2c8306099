import { LIMITS } from '@gantry/domain/limits';
import type { Pipeline } from '@gantry/domain/pipeline';
import { ApiError } from './api-error.ts';

/** @throws ApiError CONTENT_TOO_LARGE */
export function checkPipelineSize(pipeline: Pipeline | null | undefined): void {
  if (pipeline && Buffer.byteLength(JSON.stringify(pipeline)) > LIMITS.pipelineBytes) {
    throw new ApiError('CONTENT_TOO_LARGE', `A pipeline is at most ${LIMITS.pipelineBytes} bytes.`);
  }
}
