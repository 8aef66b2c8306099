import { readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';

/** Node does not say where the text of a JavaScript module is wrong; its reader of types, which reads that too, does. */
export async function withPlace(error: unknown, file: string): Promise<unknown> {
  if (!(error instanceof SyntaxError)) return error;
  try {
    stripTypeScriptTypes(await readFile(file, 'utf8'), { sourceUrl: file });
    return error;
  } catch (placed) {
    return placed instanceof SyntaxError ? placed : error;
  }
}
