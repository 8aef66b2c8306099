import { readEInvoice } from '../e-invoice/e-invoice.ts';
import type { InvoiceDocument } from './document.ts';
import { findDocumentType } from './document-type.ts';
import {
  type DocumentType,
  type Evidence,
  FACT_NAMES,
  type FactName,
  type FoundFacts,
  type InvoiceFacts,
  type LineItem,
  type ReadInvoice,
} from './invoice-facts.ts';
import { readInvoiceText } from './read-invoice-text.ts';

export type ExtractedInvoice = { [Name in FactName]: InvoiceFacts[Name] | null } & {
  documentType: DocumentType;
  /** Null when the text has no table of items that adds up. */
  lineItems: LineItem[] | null;
  /** Where each fact was read; null for what is not there. */
  evidence: Record<FactName, Evidence | null>;
  /** From 0 to 1; null for what is not there. An electronic invoice inside of the document is certain. */
  confidence: Record<FactName, number | null> & { documentType: number };
  /** Why each fact that is null is not there. */
  missing: Partial<Record<FactName | 'lineItems', 'NOT_AN_INVOICE' | 'NOT_FOUND'>>;
};

/**
 * The facts of an invoice: from the electronic invoice that its document carries, else from its text, by heuristics that
 * know words of several languages and no particular sender. What is not clear is null, and so is everything of a document
 * that is no invoice.
 */
export function extractInvoice(document: InvoiceDocument): ExtractedInvoice {
  for (const { name, text } of document.xmlFiles) {
    const electronic = readEInvoice(text, name);
    if (electronic !== null) return describe(electronic);
  }
  const facts = readInvoiceText(document);
  const documentType = findDocumentType(document, facts);
  const { lineItems, ...rest } = facts;
  return describe({ documentType, facts: documentType.value === 'none' ? nothing() : rest, lineItems });
}

function describe({ documentType, facts, lineItems }: ReadInvoice): ExtractedInvoice {
  const isNone = documentType.value === 'none';
  const each = <Value>(pick: (name: FactName) => Value) =>
    Object.fromEntries(FACT_NAMES.map((name) => [name, pick(name)])) as Record<FactName, Value>;
  const values = each((name) => facts[name]?.value ?? null) as { [Name in FactName]: InvoiceFacts[Name] | null };
  const items = isNone || lineItems.length === 0 ? null : lineItems;
  const absent = [
    ...FACT_NAMES.filter((name) => facts[name] === null),
    ...(items === null ? ['lineItems' as const] : []),
  ];
  return {
    documentType: documentType.value,
    ...values,
    lineItems: items,
    evidence: each((name) => facts[name]?.evidence ?? null),
    confidence: { documentType: documentType.confidence, ...each((name) => facts[name]?.confidence ?? null) },
    missing: Object.fromEntries(absent.map((name) => [name, isNone ? 'NOT_AN_INVOICE' : 'NOT_FOUND'])),
  };
}

function nothing(): FoundFacts {
  return Object.fromEntries(FACT_NAMES.map((name) => [name, null])) as unknown as FoundFacts;
}
