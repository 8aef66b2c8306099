/** A filter's pattern as one of SQL's LIKE: `*` is any run of characters, everything else stands for itself. */
export function likePattern(pattern: string): string {
  return pattern.replace(/[\\%_]/g, '\\$&').replace(/\*+/g, '%');
}
