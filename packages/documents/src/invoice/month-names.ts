import { fold } from './document.ts';

const LANGUAGES = [
  'en',
  'de',
  'fr',
  'es',
  'it',
  'nl',
  'pt',
  'sv',
  'da',
  'nb',
  'fi',
  'pl',
  'cs',
  'sk',
  'ro',
  'hu',
  'tr',
];

/** Folded names of the months, long and short, in many languages -> 1 to 12. A name that two languages dispute is left out. */
export const MONTHS: ReadonlyMap<string, number> = collectMonths();

function collectMonths(): Map<string, number> {
  const months = new Map<string, number>();
  const disputed = new Set<string>();
  for (const language of LANGUAGES) {
    for (const style of ['long', 'short'] as const) {
      // With the day, as names are inflected in a date ("7. května").
      const format = new Intl.DateTimeFormat(language, { day: 'numeric', month: style, timeZone: 'UTC' });
      for (let month = 1; month <= 12; month++) {
        const parts = format.formatToParts(Date.UTC(2021, month - 1, 15));
        const name = fold(parts.find(({ type }) => type === 'month')?.value ?? '').replace(/\.$/, '');
        if (!/^\p{L}{3,}$/u.test(name)) continue;
        if ((months.get(name) ?? month) !== month) disputed.add(name);
        months.set(name, month);
      }
    }
  }
  for (const name of disputed) months.delete(name);
  return months;
}
