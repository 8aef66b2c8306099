import { CURRENCY_MARK, currencyOf } from './currency.ts';

export interface WrittenAmount {
  value: number;
  /** ISO 4217; null when no currency stands beside the number. */
  currency: string | null;
  hasDecimals: boolean;
  index: number;
  length: number;
}

const SPACE = '[ \\u00a0\\u2009\\u202f]';
const NUMBER = [
  `\\d{1,3}(?:${SPACE}\\d{3})+(?:,\\d{2})?`, // 1 234,50
  `\\d{1,3}(?:['’]\\d{3})+(?:[.,]\\d{2})?`, // 1'234.50
  '\\d{1,3}(?:,\\d{2,3})*,\\d{3}(?:\\.\\d{1,2})?', // 1,234.50 and 1,23,456.00
  '\\d{1,3}(?:\\.\\d{3})+(?:,\\d{1,2})?', // 1.234,50
  '\\d+(?:[.,]\\d{1,4})?',
].join('|');

/** A number with a currency before or after it; not a part of a word, a date, a percentage or a longer number. */
const AMOUNT = new RegExp(
  `(?<![\\p{L}\\p{N}][.,/_-]?)(?<before>${CURRENCY_MARK})?${SPACE}?(?<open>[-−(])?${SPACE}?(?<inner>${CURRENCY_MARK})?${SPACE}?` +
    `(?<number>${NUMBER})(?![.,/_-]?\\d)(?<close>[-−)](?!\\p{L}))?(?:${SPACE}?(?<after>${CURRENCY_MARK}))?(?!\\p{L}|${SPACE}?%)`,
  'gu',
);

/** The amounts written in a text, in order. `context` helps to tell what a shared mark such as `$` stands for. */
export function findAmounts(text: string, context: string): WrittenAmount[] {
  return [...text.matchAll(AMOUNT)].flatMap((match) => {
    const { before, open, inner, number = '', close, after } = match.groups ?? {};
    const size = parseNumber(number);
    if (size === null) return [];
    const mark = before ?? inner ?? after;
    const isNegative =
      open === '-' || open === '−' || close === '-' || close === '−' || (open === '(' && close === ')');
    return [
      {
        value: isNegative ? -size : size,
        currency: mark === undefined ? null : currencyOf(mark, context),
        hasDecimals: /[.,]\d{1,2}$/.test(number),
        index: match.index,
        length: match[0].length,
      },
    ];
  });
}

/**
 * The number that digits with European, American, Swiss or Indian separators mean; null when they mean none.
 * A single separator with three digits behind it groups thousands, unless a zero stands before it.
 */
export function parseNumber(written: string): number | null {
  const digits = written.replace(/[\s'’]/g, '');
  if (!/^\d[\d.,]*$/.test(digits)) return null;
  const last = Math.max(digits.lastIndexOf('.'), digits.lastIndexOf(','));
  if (last === -1) return Number(digits);
  const separator = digits[last] ?? '';
  const whole = digits.slice(0, last);
  const rest = digits.slice(last + 1);
  const isOnlyKind = !whole.includes(separator === '.' ? ',' : '.');
  const groups = isOnlyKind && rest.length === 3 && !/^0*$/.test(whole.replaceAll(separator, ''));
  if (groups || (isOnlyKind && whole.includes(separator))) return Number(digits.replaceAll(separator, ''));
  return rest === '' ? null : Number(`${whole.replace(/[.,]/g, '')}.${rest}`);
}
