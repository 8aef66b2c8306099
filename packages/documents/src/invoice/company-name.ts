import { COMPANY_NAME, LEGAL_FORM_AT_END, NO_NAME } from './company-words.ts';
import { fold } from './document.ts';

const MAX_NAME = 80;

/** "Rohstoff AG Salzgitter": a place behind the legal form. */
const PLACE_BEHIND = /^ \p{Lu}[\p{L}-]+$/u;

/** The company a text begins with, else what stands before the first separator of an address. */
export function nameIn(text: string): string {
  const company = COMPANY_NAME.exec(text)?.[0];
  if (company !== undefined) {
    const rest = text.slice(company.length);
    return PLACE_BEHIND.test(rest) && isName(rest.trim()) ? text : company;
  }
  return text.split(/\s[-–—|•●∙·▪]\s|[;•●▪|]|,\s|\s\(/)[0]?.trim() ?? '';
}

/** "iViveLabs" and "eBay" begin small, and are written. */
const CAPITAL = /^(?:[^\p{Ll}([*]|\p{Ll}{1,2}\p{Lu})/u;

/** Letters mostly, and none of the words that labels, tables and countries are made of. */
export function isName(name: string): boolean {
  const letters = name.match(/\p{L}/gu)?.length ?? 0;
  const isWritten = letters >= 2 && letters > name.length / 2 && CAPITAL.test(name);
  return name.length <= MAX_NAME && isWritten && !/[:=]$/.test(name) && !NO_NAME.test(fold(name));
}

/** No label, no number, no sentence. */
export function isPlainName(folded: string): boolean {
  if (folded.length > MAX_NAME || /[:@%]|\d{3}|www\.|https?:/.test(folded)) return false;
  return !/[!?]$|\s\d+ ?[a-z]?$/.test(folded) && folded.split(/\s+/).length <= 8;
}

export function sameName(one: string, other: string): boolean {
  return keyOf(one) === keyOf(other);
}

/** What is the same in two spellings of a name: no legal form, no punctuation, no case. */
export function keyOf(name: string): string {
  return fold(name.replace(LEGAL_FORM_AT_END, ''))
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
