/** The filter for what has one of these ids. */
export function oneOf(ids: readonly string[]): string {
  return `id in (${ids.map((id) => `'${id.replaceAll("'", "''")}'`).join(',')})`;
}
