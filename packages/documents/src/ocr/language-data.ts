import { constants } from 'node:fs';
import { copyFile, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { DocumentError } from '../document-error.ts';

/** Each language is an npm package: two come along, others are installed beside them. */
const SCOPE = '@tesseract.js-data';
const CODE = /^[a-z]{3}(?:_[a-z]{1,10}){0,2}$/;

const require = createRequire(import.meta.url);

/**
 * Puts what the library is to know of languages such as `eng`, `deu`, `chi_sim` into one folder, where it looks for all of
 * them: what it is handed it takes for their names (https://github.com/naptha/tesseract.js/blob/v7.0.0/src/worker-script/index.js).
 * Throws OCR_LANGUAGE_MISSING.
 */
export async function collectLanguages(codes: readonly string[], into: string): Promise<void> {
  for (const code of codes) {
    const file = `${code}.traineddata.gz`;
    const folder = CODE.test(code) ? folderOf(code) : undefined;
    if (folder === undefined) throw await missing(code);
    await copyFile(join(folder, '4.0.0_best_int', file), join(into, file), constants.COPYFILE_FICLONE);
  }
}

function folderOf(code: string): string | undefined {
  try {
    return dirname(require.resolve(`${SCOPE}/${code}/package.json`));
  } catch {
    return undefined;
  }
}

async function missing(code: string): Promise<DocumentError> {
  const known = (await installedLanguages()).join(', ');
  return new DocumentError(
    'OCR_LANGUAGE_MISSING',
    `languages: there is no data for "${code.slice(0, 40)}", but for ${known}; npm install ${SCOPE}/<language> adds one`,
  );
}

async function installedLanguages(): Promise<string[]> {
  const english = folderOf('eng');
  return english === undefined ? [] : (await readdir(dirname(english))).sort();
}
