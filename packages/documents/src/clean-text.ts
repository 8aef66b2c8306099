/** Text as JSON and databases take it: U+0000 and halves of surrogate pairs become U+FFFD. */
export function cleanText(text: string): string {
  return text.replaceAll('\u0000', '\uFFFD').toWellFormed();
}
