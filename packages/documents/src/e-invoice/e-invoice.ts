import type { DocumentType, FoundFacts, LineItem, ReadInvoice } from '../invoice/invoice-facts.ts';
import { crossIndustryInvoice } from './cross-industry-invoice.ts';
import type { EInvoiceFormat } from './e-invoice-format.ts';
import { universalBusinessInvoice } from './universal-business-invoice.ts';
import { elementsAt, parseXml, valuesAt, type XmlElement, type XmlValue } from './xml-element.ts';

const ROOT = /<(?:[\w-]+:)?(?:CrossIndustry(?:Invoice|Document)|Invoice|CreditNote)[\s>]/;
const FORMATS = [crossIndustryInvoice, universalBusinessInvoice];

/** UN/EDIFACT 1001: the types that give money back. */
const CREDIT_NOTES = new Set(['81', '83', '261', '262', '296', '308', '381', '396', '420', '458', '532']);

const MAX_LINE_ITEMS = 1_000;

/**
 * What an electronic invoice says: ZUGFeRD 1 and 2, Factur-X and XRechnung in CII, XRechnung and Peppol in UBL. Null for
 * other XML.
 */
export function readEInvoice(xml: string, file: string): ReadInvoice | null {
  if (!ROOT.test(xml)) return null;
  const document = parseXml(xml);
  const format = FORMATS.find(({ roots }) => document !== null && roots.includes(document.name));
  if (document === null || format === undefined) return null;
  const { name, root } = document;

  const found = <Value>(paths: string[], read: (value: XmlValue) => Value | null) => {
    for (const value of valuesAt(root, ...paths)) {
      const result = read(value);
      if (result === null) continue;
      const evidence = { source: 'xml' as const, file, path: `${name}/${value.path}`, text: value.text.slice(0, 200) };
      return { value: result, confidence: 1, evidence };
    }
    return null;
  };

  const currency = found(format.currency, ({ text }) => (/^[A-Z]{3}$/.test(text) ? text : null));
  const facts: FoundFacts = {
    issuer: found(format.issuer, textOf),
    buyer: found(format.buyer, textOf),
    invoiceNumber: found(format.number, textOf),
    date: found(format.date, dateOf),
    dueDate: found(format.dueDate, dateOf),
    amount: found(format.amount, amountOf),
    amountUntaxed: found(format.amountUntaxed, amountOf),
    // Given again in the currency of the tax office where that is another one.
    taxAmount: found(format.taxAmount, (value) => (isIn(value, currency?.value) ? amountOf(value) : null)),
    currency,
    taxId:
      found(format.taxId, (value) => (value.element['@schemeID'] === 'FC' ? null : textOf(value))) ??
      found(format.taxId, textOf),
    iban: found(format.iban, ({ text }) =>
      /^[A-Z]{2}\d{2}[A-Z\d ]{8,40}$/.test(text) ? text.replaceAll(' ', '') : null,
    ),
    purchaseOrder: found(format.purchaseOrder, textOf),
  };
  if (facts.invoiceNumber === null && facts.amount === null) return null;
  return {
    documentType: { value: typeOf(name, valuesAt(root, ...format.type)[0]?.text), confidence: 1 },
    facts,
    lineItems: format.lines
      .flatMap((path) => elementsAt(root, path))
      .slice(0, MAX_LINE_ITEMS)
      .map((line) => lineItemOf(line, format.line)),
  };
}

function typeOf(root: string, code: string | undefined): DocumentType {
  return root === 'CreditNote' || (code !== undefined && CREDIT_NOTES.has(code)) ? 'credit-note' : 'invoice';
}

function lineItemOf(line: XmlElement, paths: EInvoiceFormat['line']): LineItem {
  const amountAt = (candidates: string[]) => {
    const [value] = valuesAt(line, ...candidates);
    return value === undefined ? null : amountOf(value);
  };
  return {
    description: valuesAt(line, ...paths.description)[0]?.text.slice(0, 500) ?? null,
    quantity: amountAt(paths.quantity),
    unitPrice: amountAt(paths.unitPrice),
    amount: amountAt(paths.amount),
  };
}

function textOf({ text }: XmlValue): string {
  return text.slice(0, 300);
}

function amountOf({ text }: XmlValue): number | null {
  return /^[-+]?(?:\d+\.?\d*|\.\d+)$/.test(text) && text.length < 20 ? Number(text) : null;
}

function isIn({ element }: XmlValue, currency: string | undefined): boolean {
  return element['@currencyID'] === undefined || currency === undefined || element['@currencyID'] === currency;
}

/** YYYYMMDD, as format 102 has it, or YYYY-MM-DD with whatever of a time and a zone. */
function dateOf({ text }: XmlValue): string | null {
  const [, year, month, day] = /^(\d{4})-?(\d{2})-?(\d{2})(?!\d{3})/.exec(text) ?? [];
  const iso = `${year}-${month}-${day}`;
  const time = Date.parse(`${iso}T00:00:00Z`);
  return Number.isNaN(time) || !new Date(time).toISOString().startsWith(iso) ? null : iso;
}
