const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPENING: readonly number[] = [0x5b, 0x7b];
const CLOSING: readonly number[] = [0x5d, 0x7d];

/**
 * The texts of the elements of a JSON array, found without parsing any: each can then be refused for its size first.
 * @returns undefined if that cannot be an array
 */
export function arrayElements(text: string): string[] | undefined {
  const whole = text.trim();
  if (!whole.startsWith('[') || !whole.endsWith(']')) return undefined;
  const elements: string[] = [];
  let depth = 0;
  let start = 1;
  for (let index = 0; index < whole.length; index += 1) {
    const code = whole.charCodeAt(index);
    if (code === QUOTE) {
      index = endOfString(whole, index);
      if (index === -1) return undefined;
    } else if (OPENING.includes(code)) depth += 1;
    else if (CLOSING.includes(code)) {
      depth -= 1;
      if (depth === 0 && index !== whole.length - 1) return undefined;
    } else if (code === COMMA && depth === 1) {
      elements.push(whole.slice(start, index));
      start = index + 1;
    }
  }
  if (depth !== 0) return undefined;
  const last = whole.slice(start, -1);
  if (elements.length > 0 || last.trim() !== '') elements.push(last);
  return elements;
}

/** The index of the quote that closes the string which begins there; -1: none does. */
function endOfString(text: string, opening: number): number {
  for (let quote = text.indexOf('"', opening + 1); quote !== -1; quote = text.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(quote - 1 - backslashes) === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return quote;
  }
  return -1;
}
