export interface DiffLine {
  kind: 'same' | 'added' | 'removed';
  line: string;
}

/** Beyond it two texts are shown one after the other: comparing takes the product of their lengths. */
const MAX_LINES = 2_000;

/** What became of a text, line by line: as many lines as possible are the same. */
export function diffLines(before: string, after: string): DiffLine[] {
  const [from, to] = [before.split('\n'), after.split('\n')];
  const all = (kind: DiffLine['kind'], lines: readonly string[]) => lines.map((line) => ({ kind, line }));
  if (from.length > MAX_LINES || to.length > MAX_LINES) return [...all('removed', from), ...all('added', to)];

  // common[i][j]: how many lines the rests from i and from j have in common at most.
  const common = from.map(() => new Uint16Array(to.length + 1));
  common.push(new Uint16Array(to.length + 1));
  const at = (i: number, j: number) => common[i]?.[j] ?? 0;
  for (let i = from.length - 1; i >= 0; i -= 1) {
    for (let j = to.length - 1; j >= 0; j -= 1) {
      const row = common[i];
      if (row) row[j] = from[i] === to[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < from.length && j < to.length) {
    if (from[i] === to[j]) {
      lines.push(...all('same', from.slice(i, i + 1)));
      i += 1;
      j += 1;
    } else if (at(i + 1, j) >= at(i, j + 1)) lines.push(...all('removed', from.slice(i, ++i)));
    else lines.push(...all('added', to.slice(j, ++j)));
  }
  return [...lines, ...all('removed', from.slice(i)), ...all('added', to.slice(j))];
}
