/** Text with more values than these takes whoever reads it seconds, and many times its size in memory. */
export const MAX_JSON_VALUES = 2_000_000;

const [QUOTE, COMMA, BACKSLASH, LIST, OBJECT] = [...'",\\[{'].map((character) => character.charCodeAt(0));

/** Whether JSON text has more than `most` values, each in another counted too. It is looked through, not read. */
export function hasTooManyValues(json: string, most = MAX_JSON_VALUES): boolean {
  // Each takes two characters: itself, and a comma or the bracket that closes it.
  if (json.length <= most * 2) return false;
  let values = 1;
  let inText = false;
  for (let at = 0; at < json.length; at += 1) {
    const character = json.charCodeAt(at);
    if (character === QUOTE) inText = !inText;
    else if (inText) at += character === BACKSLASH ? 1 : 0;
    else if (character === COMMA || character === LIST || character === OBJECT) values += 1;
    if (values > most) return true;
  }
  return false;
}
