import type { IncomingMessage } from 'node:http';
import { ApiError } from './api-error.ts';

/**
 * The bytes of a body. One that is too large is refused at once; what still comes of it is thrown away.
 * @throws ApiError CONTENT_TOO_LARGE, or UNSUPPORTED_MEDIA_TYPE for a compressed one
 */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const tooLarge = () => new ApiError('CONTENT_TOO_LARGE', `The body is larger than ${maxBytes} bytes.`);
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) {
    request.resume();
    throw tooLarge();
  }
  const body = await new Promise<Buffer>((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBytes) chunks.push(chunk);
      else reject(tooLarge());
    });
    request.once('end', () => resolve(chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(chunks)));
    request.once('error', reject);
    request.once('aborted', () => reject(new ApiError('BAD_REQUEST', 'The request was broken off.')));
  });
  const encoding = request.headers['content-encoding'];
  if (body.length > 0 && encoding !== undefined && encoding !== 'identity') {
    throw new ApiError('UNSUPPORTED_MEDIA_TYPE', 'Send the body without a content-encoding.');
  }
  return body;
}
