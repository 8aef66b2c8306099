import type { Budget } from './budget.ts';

/** `run` is `*`, `any-run` is `**`, `folders` is a `**` that stands for whole folders, also none. */
type Part = { readonly kind: 'char'; readonly char: string } | { readonly kind: 'one' | 'run' | 'any-run' | 'folders' };

/**
 * Whether a path fits a pattern: `*` any characters but `/`, `**` any characters, `?` one character but `/`, a backslash
 * takes the next one literally. A pattern without `/` is about the file name alone. `.*` at the beginning is `**`, so
 * that the regular expressions people write for file names (`.*\.pdf`) mean here what they meant there.
 * Time is the product of the lengths at most, whatever the pattern.
 */
export function fitsPath(pattern: string, path: string, budget: Budget): boolean {
  budget.charge(pattern.length);
  const parts = parsePattern(pattern.replace(/^\//, ''));
  const subject = pattern.includes('/') ? path.replace(/^\//, '') : path.slice(path.lastIndexOf('/') + 1);

  // A part that has been reached is a number from 0; ~n is the inside of the folders that part n stands for.
  let reached = new Set<number>();
  enter(parts, reached, 0);
  for (const char of subject) {
    if (reached.size === 0) return false;
    budget.charge(reached.size / 5);
    const next = new Set<number>();
    for (const at of reached) step(parts, at, char, next);
    reached = next;
  }
  return reached.has(parts.length);
}

function parsePattern(pattern: string): Part[] {
  const parts: Part[] = [];
  for (const [text] of pattern.matchAll(/^\.\*|(?<![^/])\*\*\/|\*\*+|\\?./gsu)) {
    if (text === '.*' || (text.startsWith('**') && !text.endsWith('/'))) parts.push({ kind: 'any-run' });
    else if (text === '**/') parts.push({ kind: 'folders' });
    else if (text === '*') parts.push({ kind: 'run' });
    else if (text === '?') parts.push({ kind: 'one' });
    else parts.push({ kind: 'char', char: text.length > 1 && text.startsWith('\\') ? text.slice(1) : text });
  }
  return parts;
}

/** Reaches a part, and what follows it when the part may stand for nothing. */
function enter(parts: readonly Part[], reached: Set<number>, at: number): void {
  if (reached.has(at)) return;
  reached.add(at);
  const kind = parts[at]?.kind;
  if (kind === 'run' || kind === 'any-run' || kind === 'folders') enter(parts, reached, at + 1);
}

function step(parts: readonly Part[], at: number, char: string, next: Set<number>): void {
  const part = parts[at < 0 ? ~at : at];
  switch (part?.kind) {
    case 'char':
      if (part.char === char) enter(parts, next, at + 1);
      return;
    case 'one':
      if (char !== '/') enter(parts, next, at + 1);
      return;
    case 'run':
      if (char !== '/') enter(parts, next, at);
      return;
    case 'any-run':
      enter(parts, next, at);
      return;
    case 'folders':
      next.add(at < 0 ? at : ~at);
      if (char === '/') enter(parts, next, (at < 0 ? ~at : at) + 1);
  }
}
