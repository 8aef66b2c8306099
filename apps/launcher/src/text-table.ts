/** A table in plain text; columns that hold nothing but numbers are aligned to the right. */
export function textTable(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const columns = heads.map((head, index) => {
    const cells = rows.map((row) => row[index] ?? '');
    const width = Math.max(head.length, ...cells.map((cell) => cell.length));
    const numeric = cells.every((cell) => /^[\d.]*$/.test(cell));
    return { rule: '─'.repeat(width), fit: (cell = '') => (numeric ? cell.padStart(width) : cell.padEnd(width)) };
  });
  const line = (cells: readonly string[]) => columns.map(({ fit }, index) => fit(cells[index])).join('  ');
  return [line(heads), line(columns.map(({ rule }) => rule)), ...rows.map(line)]
    .map((text) => text.trimEnd())
    .join('\n');
}
