const DAY_MS = 86_400_000;

const timeOfDay = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const dayAndTime = new Intl.DateTimeFormat(undefined, {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

const yearAndDay = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** An instant in the zone of whoever looks, in UTC on hover. */
export function Instant({ at }: { at: string | null }) {
  if (at === null) return <span className="muted">–</span>;
  const date = new Date(at);
  const awayMs = Math.abs(Date.now() - date.getTime());
  const format = awayMs < DAY_MS / 2 ? timeOfDay : awayMs < 180 * DAY_MS ? dayAndTime : yearAndDay;
  return (
    <time dateTime={at} title={utcText(at)}>
      {format.format(date)}
    </time>
  );
}

export function utcText(at: string): string {
  return `${at.replace('T', ' ').replace('Z', '')} UTC`;
}

/** As long as it takes to read: `840 ms`, `12.4 s`, `3 min 5 s`, `2 h 10 min`, `3 d 4 h`. */
export function durationText(ms: number | null | undefined): string {
  if (ms == null) return '–';
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min ${Math.floor((ms % 60_000) / 1_000)} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
