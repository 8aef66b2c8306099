import { DocumentError } from '@gantry/documents/document-error';
import type { DocumentWarning } from '@gantry/documents/parsed-document';
import type { ModuleInput } from '@gantry/module-sdk/define-module';
import { ModuleError } from '@gantry/module-sdk/module-error';
import { z } from 'zod';

const MIB = 1024 * 1024;

export const maxBytesOption = z
  .int()
  .min(1)
  .max(512 * MIB)
  .default(100 * MIB)
  .describe('A larger file is refused');

type Step = Pick<ModuleInput<unknown>, 'contentObject' | 'content' | 'logger'>;

/** The bytes of the step's content object. Throws CONTENT_OBJECT_MISSING, CONTENT_TOO_LARGE. */
export async function readContentObject({ contentObject, content }: Step, maxBytes: number): Promise<Uint8Array> {
  const contentRef = contentObject?.['contentRef'];
  if (typeof contentRef !== 'string') {
    throw new ModuleError('CONTENT_OBJECT_MISSING', 'contentObject: the step has none with a contentRef to read from');
  }
  return content.read(contentRef, { maxBytes });
}

/** Does `work`; the step fails with the code of what documents throw. */
export async function withDocumentErrors<Result>(work: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DocumentError) throw new ModuleError(error.code, error.message, { cause: error });
    throw error;
  }
}

export function logWarnings({ logger }: Step, warnings: DocumentWarning[]): void {
  for (const { code, message, pages } of warnings) logger.warn(message, { code, pages: pages.slice(0, 100) });
}
