import { sectionBelow } from './address-section.ts';
import { best } from './best.ts';
import { isName, isPlainName, keyOf, nameIn } from './company-name.ts';
import { COMPANY_DETAILS, COMPANY_NAME, ISSUER_LABEL, RECIPIENT_LABEL } from './company-words.ts';
import { type Cell, evidenceOf, fold, type InvoiceDocument, type Line } from './document.ts';
import type { Found } from './invoice-facts.ts';
import { cellsBelow } from './labelled-values.ts';
import { nameInSenderLine, type Recipient } from './recipient.ts';
import { ANY_DATE_LABEL, DATE_LABEL, DOCUMENT_WORD, NUMBER_LABEL } from './words.ts';

/** How many lines of the first page count as its head, where a sender puts the name. */
const HEAD_LINES = 12;
/** A sender introduces itself at the beginning; in hundreds of pages of items there would be any number of names. */
const PAGES = 2;
const LABELLED = 110;

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
export function findIssuer(wholeDocument: InvoiceDocument, recipient: Recipient): Found<string> | null {
  const lines = wholeDocument.lines.filter(({ page }) => page <= PAGES);
  const document = { ...wholeDocument, lines };
  const recipientKeys = new Set(recipient.texts.map((text) => keyOf(nameIn(text))));
  const namings = [
    ...lines.flatMap((line, lineIndex) =>
      line.cells.flatMap((cell) => (recipient.cells.has(cell) ? [] : namingsIn(document, cell, lineIndex))),
    ),
    ...lines.flatMap((line, lineIndex) => line.cells.flatMap((cell) => labelledNaming(document, cell, lineIndex))),
  ].filter(({ name, score }) => isName(name) && (score >= LABELLED || !recipientKeys.has(keyOf(name))));

  const text = lines.map(({ folded }) => folded).join('\n');
  const domains = domainsIn(text);
  return best(
    namings.map(({ name, score, line }) => ({
      value: name,
      score: score + confirmation(keyOf(name), text, domains),
      evidence: evidenceOf(line),
    })),
  );
}

/** What stands behind or below a label such as "Seller:". */
function labelledNaming(document: InvoiceDocument, cell: Cell, lineIndex: number): Naming[] {
  const label = ISSUER_LABEL.exec(cell.folded);
  if (label === null) return [];
  const rest = nameIn(cell.text.slice(label[0].length).trim());
  if (rest !== '') return [{ name: rest, score: LABELLED, line: cell.line }];
  const right = cell.line.cells[cell.index + 1];
  const section = sectionBelow(document, lineIndex, cell).filter(({ folded }) => isPlainName(folded));
  const [first] = section.filter(({ text }) => isName(nameIn(text)));
  if (first !== undefined) return [{ name: nameIn(first.text), score: LABELLED, line: first.line }];
  if (right === undefined || ISSUER_LABEL.test(right.folded) || RECIPIENT_LABEL.test(right.folded)) return [];
  return [{ name: nameIn(right.text.replace(/^:\s*/, '')), score: LABELLED - 5, line: right.line }];
}

function namingsIn(document: InvoiceDocument, cell: Cell, lineIndex: number): Naming[] {
  const { line } = cell;
  const named = (name: string | null | undefined, score: number) => (name ? [{ name, score, line }] : []);
  // A line of many cells is a row of a table.
  const isInHead = lineIndex < HEAD_LINES && line.cells.length <= 3;
  const company = COMPANY_NAME.test(cell.text) ? nameIn(cell.text) : null;
  const standsOverDetails = [cell, ...cellsBelow(document, lineIndex, cell, 3)].some(({ folded }) =>
    COMPANY_DETAILS.test(folded),
  );
  return [
    ...named(isInHead ? nameInTitle(cell) : null, LABELLED),
    ...named(line.page === 1 ? nameInSenderLine(cell) : null, 75),
    ...named(company, (isInHead ? 50 : 30) + (standsOverDetails ? 20 : 0)),
    // A name without a legal form is one only if something else says so, too.
    ...(isPlain(cell) ? named(nameIn(cell.text), standsOverDetails ? 30 : isInHead ? 25 - lineIndex : 0) : []),
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
  if (text.length > 80 || /[:@\d%]|www\.|\.\w{2,3}$/.test(folded) || /[.!?]$/.test(text)) return false;
  return !DOCUMENT_WORD.test(folded) && !ANY_DATE_LABEL.test(folded) && text.split(/\s+/).length <= 6;
}

const MAIL_PROVIDERS = /^(?:gmail|googlemail|yahoo|outlook|hotmail|live|gmx|web|icloud|aol|proton|example)$/;

/** The second-level names of the web and mail addresses in a text. */
function domainsIn(text: string): string[] {
  const hosts = [...text.matchAll(/(?:@|https?:\/\/|\bwww\.|\b)((?:[a-z0-9-]+\.)+[a-z]{2,})(?![\p{L}@])/gu)];
  return hosts
    .map(([, host = '']) => host.split('.').at(-2)?.replaceAll('-', '') ?? '')
    .filter((domain) => domain.length >= 3 && !MAIL_PROVIDERS.test(domain));
}

/** A person or a one-man firm writes from an address with the name in it. */
function isInMailAddress(key: string, text: string): boolean {
  const boxes = [...text.matchAll(/([\w.+-]{3,40})@[\w-]/g)].map(([, box = '']) => box);
  return key.split(' ').some((word) => word.length >= 5 && boxes.some((box) => box.includes(word)));
}

function confirmation(key: string, text: string, domains: string[]): number {
  const compact = key.replaceAll(' ', '');
  const isDomain = domains.some(
    (domain) => compact.startsWith(domain) || (compact.length >= 3 && domain.startsWith(compact)),
  );
  const repetitions = text.split(key).length - 2;
  return (isDomain || isInMailAddress(key, text) ? 40 : 0) + 4 * Math.min(Math.max(repetitions, 0), 3);
}
