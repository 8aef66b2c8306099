/**
 * Makes something of a text once and recalls it, as long as the texts used last have no more characters together than
 * the limit. What is made of a text is taken to be of a size that its length bounds.
 */
export function recall<Made extends object>(
  make: (text: string) => Made,
  maxCharacters = 256 * 1024,
): (text: string) => Made {
  // A Map keeps the order of insertion: the first is the one used longest ago.
  const made = new Map<string, Made>();
  let characters = 0;
  return (text) => {
    const known = made.get(text);
    if (known !== undefined) {
      made.delete(text);
      made.set(text, known);
      return known;
    }
    const fresh = make(text);
    made.set(text, fresh);
    characters += text.length;
    for (const oldest of made.keys()) {
      if (characters <= maxCharacters) break;
      made.delete(oldest);
      characters -= oldest.length;
    }
    return fresh;
  };
}
