/** Executions are counted so far: of a million that a filter matches, a total takes seconds. */
export const COUNT_TO = 10_000;

/** How many there are, of what was counted to COUNT_TO; a number beyond was known without counting. */
export function counted(total: number): string {
  return total === COUNT_TO + 1 ? `more than ${COUNT_TO.toLocaleString()}` : total.toLocaleString();
}
