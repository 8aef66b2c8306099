import type { Busboy } from 'busboy';
import { type ApiError, badField } from './api-error.ts';

/**
 * What the parser of a form leaves out, or cuts, without failing.
 * @returns what the form is to be refused for; to be asked once it is read
 */
export function partsLeftOut(parser: Busboy): () => ApiError | undefined {
  let refusal: ApiError | undefined;
  // In a charset that nobody knows a text has no value, and a name of a URL-encoded form none either.
  parser.on('field', (name: string | undefined, value: string | undefined, { valueTruncated }) => {
    if (name === undefined || value === undefined)
      refusal ??= badField(name ?? 'body', 'expected a charset that is known');
    else if (valueTruncated) refusal ??= badField(name, 'is too long');
  });
  for (const limit of ['fieldsLimit', 'filesLimit', 'partsLimit'] as const) {
    parser.on(limit, () => {
      refusal ??= badField('body', 'the form has too many parts');
    });
  }
  return () => refusal;
}
