import type { ErrorCode } from '@gantry/contracts/error-catalogue';
import { problem } from '@gantry/contracts/http/problem';
import type { UnreadableStatus } from '@gantry/service/unreadable-request';

const REASONS: Record<UnreadableStatus, [code: ErrorCode, detail: string]> = {
  400: ['BAD_REQUEST', 'The request is not well-formed HTTP.'],
  408: ['REQUEST_TIMEOUT', 'The headers did not come.'],
  431: ['REQUEST_HEAD_TOO_LARGE', 'The address and the headers of the request are over 16 KiB.'],
};

/** What is answered to a request of which not even the path is known. */
export function unreadableProblem(status: UnreadableStatus): { contentType: string; body: string } {
  const [code, detail] = REASONS[status];
  return { contentType: 'application/problem+json; charset=utf-8', body: JSON.stringify(problem(code, detail, '/')) };
}
