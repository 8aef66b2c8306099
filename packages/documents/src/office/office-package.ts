import { unzipSync } from 'fflate';
import { DocumentError } from '../document-error.ts';

/** What is read of a file may inflate to so much in all; images and fonts are not inflated. */
const MAX_INFLATED_BYTES = 128 * 1024 * 1024;
const MAX_FILES = 10_000;

/** The XML files of an Office document, by their path. Throws OFFICE_INVALID, OFFICE_INFLATES_TOO_FAR. */
export function readPackage(bytes: Uint8Array): Map<string, string> {
  let inflated = 0;
  let files = 0;
  try {
    const entries = unzipSync(bytes, {
      filter({ name, originalSize }) {
        files += 1;
        if (!/\.(?:xml|rels)$/i.test(name)) return false;
        inflated += originalSize;
        if (inflated > MAX_INFLATED_BYTES || files > MAX_FILES) {
          throw new DocumentError('OFFICE_INFLATES_TOO_FAR', 'The file inflates to far more than a document needs');
        }
        return true;
      },
    });
    const decoder = new TextDecoder();
    return new Map(Object.entries(entries).map(([name, content]) => [name, decoder.decode(content)]));
  } catch (error) {
    if (error instanceof DocumentError) throw error;
    throw new DocumentError('OFFICE_INVALID', 'The file is no Office document, or it is damaged', { cause: error });
  }
}
