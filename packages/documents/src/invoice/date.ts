import { MONTHS } from './month-names.ts';

export interface WrittenDate {
  /** YYYY-MM-DD. */
  iso: string;
  index: number;
  length: number;
}

const MONTH = `(${[...MONTHS.keys()].sort((a, b) => b.length - a.length).join('|')})(?!\\p{L})\\.?`;
const YEAR = `(\\d{4}|'?\\d{2})(?!\\d)`;
const NO_DIGIT_BEFORE = '(?<![\\d.,])';

const ISO = new RegExp(`${NO_DIGIT_BEFORE}(\\d{4})([-/.])(\\d{1,2})\\2(\\d{1,2})(?!\\d)`, 'gu');
const NUMERIC = new RegExp(`${NO_DIGIT_BEFORE}(\\d{1,2}) ?([./-]) ?(\\d{1,2}) ?\\2 ?${YEAR}`, 'gu');
const DAY_MONTH = new RegExp(
  `${NO_DIGIT_BEFORE}(\\d{1,2})(?:st|nd|rd|th|er|[.ºª°])?[ ./-]*(?:(?:of|de|d') ?)?${MONTH}[ ,./-]*(?:del? )?${YEAR}`,
  'gu',
);
const MONTH_DAY = new RegExp(`(?<!\\p{L})${MONTH} ?(\\d{1,2})(?:st|nd|rd|th)?[ ,]*${YEAR}`, 'gu');

/**
 * The dates written in a folded text, in order. `dayFirst` decides what 03/04/2024 means where the date itself does
 * not: dots always put the day first, and a number above 12 is a day.
 */
export function findDates(folded: string, dayFirst: boolean): WrittenDate[] {
  const found: WrittenDate[] = [];
  const add = (match: RegExpExecArray, year: string | undefined, month: number, day: number): void => {
    const iso = isoDate(fullYear(year ?? ''), month, day);
    if (iso !== null) found.push({ iso, index: match.index, length: match[0].length });
  };
  for (const match of folded.matchAll(ISO)) add(match, match[1], Number(match[3]), Number(match[4]));
  for (const match of folded.matchAll(DAY_MONTH))
    add(match, match[3], MONTHS.get(match[2] ?? '') ?? 0, Number(match[1]));
  for (const match of folded.matchAll(MONTH_DAY))
    add(match, match[3], MONTHS.get(match[1] ?? '') ?? 0, Number(match[2]));
  for (const match of folded.matchAll(NUMERIC)) {
    const first = Number(match[1]);
    const second = Number(match[3]);
    const isDayFirst = second > 12 ? false : first > 12 || match[2] === '.' || dayFirst;
    add(match, match[4], isDayFirst ? second : first, isDayFirst ? first : second);
  }
  return found
    .sort((a, b) => a.index - b.index || b.length - a.length)
    .filter((date, position, all) => all.slice(0, position).every((other) => other.index + other.length <= date.index));
}

const MONTH_FIRST_SIGNS = /\$|\busd\b|sales tax|zip code/;
const DAY_FIRST_SIGNS = /€|£|\b(?:eur|gbp|chf|aud|nzd|inr)\b|\b(?:vat|gst|mwst|ust|tva|iva|btw|moms)\b/;

/** How a document writes ambiguous dates: by its other dates, else by signs of where it comes from. */
export function writesDayFirst(folded: string): boolean {
  for (const [, first, second] of folded.matchAll(/(?<!\d)(\d{1,2})[/-](\d{1,2})[/-]\d{2,4}(?!\d)/g)) {
    if (Number(first) > 12) return true;
    if (Number(second) > 12) return false;
  }
  return !MONTH_FIRST_SIGNS.test(folded) || DAY_FIRST_SIGNS.test(folded);
}

function fullYear(written: string): number {
  const year = Number(written.replace("'", ''));
  if (written.length === 4) return year;
  return year < 70 ? 2000 + year : 1900 + year;
}

function isoDate(year: number, month: number, day: number): string | null {
  if (year < 1970 || year > 2100) return null;
  const date = new Date(Date.UTC(year, month - 1, day));
  const isReal = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return isReal ? date.toISOString().slice(0, 10) : null;
}
