/**
 * A text as a terminal may show it: control characters, which could move its cursor, change its title or write to its
 * clipboard, are spelled out (`\x1b`); line ends and tabs stay.
 */
export function terminalText(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n\t]/gu, (character) => {
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
}
