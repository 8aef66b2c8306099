/** An instant without its milliseconds. */
export function instantText(instant: string | null | undefined): string {
  return instant?.replace('T', ' ').replace(/\.\d+Z$/, 'Z') ?? '';
}

export function durationText(ms: number | null): string {
  if (ms === null) return '';
  if (ms < 1_000) return `${ms} ms`;
  return ms < 120_000 ? `${(ms / 1_000).toFixed(1)} s` : `${Math.round(ms / 60_000)} min`;
}
