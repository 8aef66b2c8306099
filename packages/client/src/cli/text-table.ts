export type Cell = string | number | boolean | null | undefined;

/** A table in plain text: heads in capitals, numbers aligned to the right. */
export function textTable(heads: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const texts = rows.map((row) => heads.map((_, index) => oneLine(row[index])));
  const columns = heads.map((head, index) => {
    const cells = texts.map((row) => row[index] ?? '');
    const width = Math.max(head.length, ...cells.map((cell) => cell.length));
    const numeric = rows.length > 0 && cells.every((cell) => /^[\d.]*$/.test(cell));
    return (cell = '') => (numeric ? cell.padStart(width) : cell.padEnd(width));
  });
  return [heads.map((head) => head.toUpperCase()), ...texts]
    .map((cells) =>
      columns
        .map((fit, index) => fit(cells[index]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Names and values, one a line; what is empty is left out. */
export function textFields(fields: Readonly<Record<string, Cell>>): string {
  const given = Object.entries(fields).filter(([, value]) => value != null && value !== '');
  const width = Math.max(0, ...given.map(([name]) => name.length));
  return given.map(([name, value]) => `${name.padEnd(width)}  ${oneLine(value)}`).join('\n');
}

/** Control characters of a value must not move the terminal's cursor. */
function oneLine(cell: Cell): string {
  return String(cell ?? '').replaceAll(/\p{Cc}+/gu, ' ');
}
