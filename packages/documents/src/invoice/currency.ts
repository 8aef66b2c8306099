/** ISO 4217 code -> how it is written besides. Longer marks first where one ends with another ("US$", "$"). */
const MARKS: Record<string, readonly string[]> = {
  USD: ['US$', 'USD$', '$'],
  EUR: ['€'],
  GBP: ['£'],
  CAD: ['CA$', 'C$', 'CAD$'],
  AUD: ['AU$', 'A$'],
  NZD: ['NZ$'],
  HKD: ['HK$'],
  SGD: ['SG$', 'S$'],
  MXN: ['MX$'],
  BRL: ['R$'],
  JPY: ['¥', '￥'],
  CNY: ['RMB', 'CN¥'],
  INR: ['₹', 'Rs.', 'Rs'],
  CHF: ['SFr.', 'Fr.'],
  SEK: ['kr'],
  NOK: [],
  DKK: [],
  PLN: ['zł'],
  CZK: ['Kč'],
  HUF: ['Ft'],
  RON: ['lei'],
  TRY: ['₺'],
  RUB: ['₽'],
  UAH: ['₴'],
  ILS: ['₪'],
  KRW: ['₩'],
  THB: ['฿'],
  VND: ['₫'],
  PHP: ['₱'],
  ZAR: [],
  AED: [],
  SAR: [],
  MYR: ['RM'],
  IDR: ['Rp'],
  ARS: [],
  CLP: [],
  COP: [],
};

const CODE_OF_MARK = new Map(
  Object.entries(MARKS).flatMap(([code, marks]) => [code, ...marks].map((mark) => [mark, code] as const)),
);

/** Marks that several countries use: which of them a document means, its other words decide. */
const SHARED: Record<string, readonly string[]> = {
  $: ['USD', 'CAD', 'AUD', 'NZD', 'HKD', 'SGD', 'MXN', 'ARS', 'CLP', 'COP'],
  kr: ['SEK', 'NOK', 'DKK'],
  '¥': ['JPY', 'CNY'],
};

/** Folded names of currencies as sentences use them ("all prices are in US dollars"). */
const NAMES: readonly (readonly [RegExp, string])[] = [
  [/\bus dollars?\b/, 'USD'],
  [/\beuros?\b/, 'EUR'],
  [/\bpounds? sterling\b/, 'GBP'],
  [/\b(?:swiss francs?|schweizer franken|francs? suisses?)\b/, 'CHF'],
  [/\bcanadian dollars?\b/, 'CAD'],
  [/\baustralian dollars?\b/, 'AUD'],
  [/\bsvenska kronor\b/, 'SEK'],
  [/\bnorske kroner\b/, 'NOK'],
  [/\bdanske kroner\b/, 'DKK'],
];

/**
 * Matches a currency mark beside an amount; letters must stand alone, a sign may touch. What stands around them is asked once
 * for all marks, as \p{L} takes long to compile. "CAD$" comes before "CAD".
 */
export const CURRENCY_MARK = [
  `(?<!\\p{L})(?:${marksLike(/^\p{L}.*\P{L}$/u)})`,
  `(?<!\\p{L})(?:${marksLike(/^\p{L}+$/u)})(?!\\p{L})`,
  marksLike(/^\P{L}+$/u),
].join('|');

function marksLike(kind: RegExp): string {
  const marks = [...CODE_OF_MARK.keys()].filter((mark) => kind.test(mark)).sort((a, b) => b.length - a.length);
  return marks.map((mark) => mark.replace(/[$.]/g, '\\$&')).join('|');
}

const CODE = new RegExp(`\\b(?:${Object.keys(MARKS).join('|')})\\b`, 'g');
const MARK = new RegExp(CURRENCY_MARK, 'gu');

/** Signs of the country that tell which of the currencies with a shared mark is meant. */
const SIGNS: Record<string, readonly (readonly [RegExp, string])[]> = {
  $: [
    [/\b[A-Z]{2},? \d{5}(?:-\d{4})?\b|\b(?:USA|U\.S\.A\.|United States|zip code|sales tax|EIN)\b/i, 'USD'],
    [/\b[A-Z]\d[A-Z] ?\d[A-Z]\d\b|\bCanada\b|\b(?:HST|PST|QST)\b/, 'CAD'],
    [/\bABN\b|\bAustralia\b/, 'AUD'],
    [/\bNew Zealand\b|\bNZBN\b/, 'NZD'],
    [/\bSingapore\b/, 'SGD'],
    [/\bHong Kong\b/, 'HKD'],
    [/\bM[eé]xico\b|\bRFC\b/, 'MXN'],
  ],
  kr: [
    [/\bSverige\b|\bBankgiro\b|\bmoms\b.*\böre\b|\batt betala\b/i, 'SEK'],
    [/\bNorge\b|\bMVA\b|å betale/i, 'NOK'],
    [/\bDanmark\b|\bCVR\b/i, 'DKK'],
  ],
  '¥': [
    [/[\u3040-\u30ff]|\bJapan\b/, 'JPY'],
    [/\bChina\b|\bRMB\b|元/, 'CNY'],
  ],
};

/** "Jan 31, 2024": who puts the month first and names no other country writes dollars of the United States. */
const MONTH_FIRST = /\b(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sep|Oct|Nov|Dec)[a-z]*\.? \d{1,2} ?, ?\d{4}\b/;

/** The ISO 4217 code a mark stands for in a document that contains `text`; null when it may be one of several. */
export function currencyOf(mark: string, text: string): string | null {
  const codes = SHARED[mark];
  if (codes === undefined) return CODE_OF_MARK.get(mark) ?? null;
  const named = codes.filter((code) => new RegExp(`\\b${code}\\b`).test(text));
  if (named.length > 0) return named.length === 1 ? (named[0] ?? null) : null;
  const signs = new Set(SIGNS[mark]?.filter(([sign]) => sign.test(text)).map(([, code]) => code));
  if (signs.size === 0 && mark === '$' && MONTH_FIRST.test(text)) return 'USD';
  const [only = null] = signs;
  return signs.size === 1 ? only : null;
}

/** The currency a text speaks of: the code it names most often, else one named in words, else its marks; null when unclear. */
export function mainCurrency(text: string, folded: string): string | null {
  const codes = mostFrequent([...text.matchAll(CODE)].map(([code]) => code));
  if (codes !== null) return codes;
  const named = NAMES.find(([name]) => name.test(folded))?.[1];
  if (named !== undefined) return named;
  const mark = mostFrequent([...text.matchAll(MARK)].map(([found]) => found));
  return mark === null ? null : currencyOf(mark, text);
}

function mostFrequent(words: string[]): string | null {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? null;
}
