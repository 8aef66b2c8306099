/** The pattern of all keys that begin like this. */
export function keyPattern(beginning: string): string {
  return `${beginning.replaceAll(/[*?[\]\\^]/g, '\\$&')}*`;
}
