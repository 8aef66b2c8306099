import { loadQuickJs } from './quickjs.ts';
import { framesOf } from './script-frames.ts';
import { wrapScript } from './script-prelude.ts';

/** Why a script cannot be read, and where, by what would run it; undefined if it can be. Nothing of it runs. */
export async function scriptFault(script: string): Promise<string | undefined> {
  using realm = (await loadQuickJs()).newContext();
  using read = realm.evalCode(wrapScript(script), 'script.js', { compileOnly: true });
  if (read.error === undefined) return undefined;
  const { name, message, stack } = realm.dump(read.error);
  const [place] = framesOf(String(stack));
  return `${name}: ${message}${place ? ` (line ${place['line']}, column ${place['column']})` : ''}`;
}
