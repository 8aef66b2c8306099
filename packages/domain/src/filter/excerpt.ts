const LONGEST = 40;

/** A client's own text inside an error: quoted, and never more of it than a reader needs. */
export function excerpt(text: string): string {
  return `'${text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text}'`.toWellFormed();
}
