import type { FaultSummary } from './recovery.ts';

/** The summaries as a table in Markdown. */
export function faultTable(summaries: readonly FaultSummary[]): string {
  const head = ['fault', 'times', 'in flight', 'lost', 'stuck', 'doubled', 'wrong end', 'worst recovery'];
  const rows = summaries.map((each) => [
    ...[each.fault, each.injected, each.inFlight, each.lost, each.stuck, each.doubled, each.wrong].map(String),
    each.worstRecovery === undefined ? '' : `${each.worstRecovery.toFixed(1)} s`,
  ]);
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? '---' : '--:'))), ...rows.map(line)].join('\n');
}
