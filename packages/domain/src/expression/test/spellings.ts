/** Every expression of a row has the same answer, in each of its spellings. */
export function spellings(rows: [boolean | string, string[]][]) {
  return rows.flatMap(([answer, spellings]) => spellings.map((text) => [text, answer] as const));
}
