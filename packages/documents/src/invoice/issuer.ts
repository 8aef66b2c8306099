import { best } from './best.ts';
import { COMPANY_DETAILS, COMPANY_NAME, ISSUER_LABEL, LEGAL_FORM_AT_END } from './company-words.ts';
import { type Cell, evidenceOf, type Found, fold, type InvoiceDocument, type Line } from './document.ts';
import { cellsBelow, valuesOf } from './labelled-values.ts';
import { findRecipient, nameInSenderLine } from './recipient.ts';
import { ANY_DATE_LABEL, DATE_LABEL, DOCUMENT_WORD, NUMBER_LABEL } from './words.ts';

/** How many lines of the first page count as its head, where a sender puts the name. */
const HEAD_LINES = 12;
const MAX_NAME = 80;
/** A sender introduces itself at the beginning; in hundreds of pages of items there would be any number of names. */
const PAGES = 2;

interface Naming {
  name: string;
  score: number;
  line: Line;
}

/**
 * Who sends the invoice. Names come from the title ("Acme Invoice"), labels, the sender line, names with a legal form,
 * the head of the page and what company details stand below, never from the recipient's address. What the document
 * says elsewhere (web and mail addresses, company details, repetition) confirms one of them.
 */
export function findIssuer(wholeDocument: InvoiceDocument): Found<string> | null {
  const document = { lines: wholeDocument.lines.filter(({ page }) => page <= PAGES) };
  const recipient = findRecipient(document);
  const recipientKeys = new Set(recipient.texts.map(keyOf));
  const namings = [
    ...valuesOf(document, ISSUER_LABEL).map(({ text, line, where }) => {
      return { name: nameIn(text), score: where === 'below' ? 80 : 85, line };
    }),
    ...document.lines.flatMap((line, lineIndex) =>
      line.cells.flatMap((cell) => (recipient.cells.has(cell) ? [] : namingsIn(document, cell, lineIndex))),
    ),
  ].filter(({ name }) => isName(name) && !recipientKeys.has(keyOf(name)));

  const text = document.lines.map(({ folded }) => folded).join('\n');
  const domains = domainsIn(text);
  return best(
    namings.map(({ name, score, line }) => ({
      value: name,
      score: score + confirmation(keyOf(name), text, domains),
      evidence: evidenceOf(line),
    })),
  );
}

function namingsIn(document: InvoiceDocument, cell: Cell, lineIndex: number): Naming[] {
  const { line } = cell;
  const named = (name: string | null | undefined, score: number) => (name ? [{ name, score, line }] : []);
  // A line of many cells is a row of a table.
  const isInHead = lineIndex < HEAD_LINES && line.cells.length <= 3;
  const company = COMPANY_NAME.exec(cell.text)?.[0];
  const standsOverDetails = [cell, ...cellsBelow(document, lineIndex, cell, 3)].some(({ folded }) =>
    COMPANY_DETAILS.test(folded),
  );
  return [
    ...named(isInHead ? nameInTitle(cell) : null, 90),
    ...named(nameInSenderLine(cell), 75),
    ...named(company, (isInHead ? 50 : 40) + (standsOverDetails ? 20 : 0)),
    ...(isPlain(cell) ? named(nameIn(cell.text), standsOverDetails ? 50 : isInHead ? 30 - lineIndex : 0) : []),
  ].filter(({ score }) => score > 0);
}

const TITLE_ADJECTIVES =
  /^(?:tax|vat|sales|retail|payment|purchase|cash|service|customer|commercial|pro ?-?forma|final|partial|your|our|original|duplicate|copy|monthly|electronic|digital|kopie|this|the|new|paid|corrected)$/;

/** "Acme" in "Acme Invoice" and in "Invoice from Acme". */
function nameInTitle({ text, folded }: Cell): string | null {
  const word = DOCUMENT_WORD.exec(folded);
  if (word === null || NUMBER_LABEL.test(folded) || DATE_LABEL.test(folded)) return null;
  const before = text.slice(0, word.index).trim();
  const after = text.slice(word.index + word[0].length).trim();
  const from = /^(?:from|von|de|da|van|von der|from:)\s+(\P{Ll}.*)$/u.exec(after)?.[1];
  if (before === '') return from ?? null;
  const isAdjective = fold(before)
    .split(/\s+/)
    .every((part) => TITLE_ADJECTIVES.test(part));
  return after === '' && !isAdjective && /^\P{Ll}/u.test(before) ? before : null;
}

/** A cell that may be a name and nothing else: no label, no number, no sentence. */
function isPlain({ text, folded }: Cell): boolean {
  if (text.length > MAX_NAME || /[:@\d%]|www\.|\.\w{2,3}$/.test(folded) || /[.!?]$/.test(text)) return false;
  return !DOCUMENT_WORD.test(folded) && !ANY_DATE_LABEL.test(folded) && text.split(/\s+/).length <= 6;
}

function nameIn(text: string): string {
  return COMPANY_NAME.exec(text)?.[0] ?? text.split(/\s[-–|•·]\s|[;•|]|,\s|\s\(/)[0]?.trim() ?? '';
}

function isName(name: string): boolean {
  const letters = name.match(/\p{L}/gu)?.length ?? 0;
  return name.length <= MAX_NAME && letters >= 2 && letters > name.length / 2 && /^[^\p{Ll}([*]/u.test(name);
}

/** What is the same in two spellings of a name: no legal form, no punctuation, no case. */
function keyOf(name: string): string {
  return fold(name.replace(LEGAL_FORM_AT_END, ''))
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

const MAIL_PROVIDERS = /^(?:gmail|googlemail|yahoo|outlook|hotmail|live|gmx|web|icloud|aol|proton|example)$/;

/** The second-level names of the web and mail addresses in a text. */
function domainsIn(text: string): string[] {
  const hosts = [...text.matchAll(/(?:@|https?:\/\/|\bwww\.|\b)((?:[a-z0-9-]+\.)+[a-z]{2,})(?![\p{L}@])/gu)];
  return hosts
    .map(([, host = '']) => host.split('.').at(-2)?.replaceAll('-', '') ?? '')
    .filter((domain) => domain.length >= 3 && !MAIL_PROVIDERS.test(domain));
}

function confirmation(key: string, text: string, domains: string[]): number {
  const compact = key.replaceAll(' ', '');
  const isDomain = domains.some(
    (domain) => compact.startsWith(domain) || (compact.length >= 3 && domain.startsWith(compact)),
  );
  const repetitions = text.split(key).length - 2;
  return (isDomain ? 40 : 0) + 4 * Math.min(Math.max(repetitions, 0), 3);
}
