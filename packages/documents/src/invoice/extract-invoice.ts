import type { z } from 'zod';
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
import { readByTemplate, type TemplateReading, type templatesSchema } from './template.ts';

export type ExtractedInvoice = { [Name in FactName]: InvoiceFacts[Name] | null } & {
  documentType: DocumentType;
  /** Name of the template that the document was read by. */
  template: string | null;
  /** Null when the text has no table of items that adds up. */
  lineItems: LineItem[] | null;
  /** Where each fact was read; null for what is not there. */
  evidence: Record<FactName, Evidence | null>;
  /** From 0 to 1; null for what is not there. An electronic invoice inside of the document is certain. */
  confidence: Record<FactName, number | null> & { documentType: number };
  /** Why each fact that is null is not there. */
  missing: Partial<Record<FactName | 'lineItems', MissingReason>>;
};

/** TEMPLATE_DIFFERS: a template says where it is, and there it is not. */
type MissingReason = 'NOT_AN_INVOICE' | 'NOT_FOUND' | 'TEMPLATE_DIFFERS';

/**
 * The facts of an invoice: from the electronic invoice that its document carries, else from its text, by the first of the
 * `templates` that fits it, and by heuristics that know words of several languages and no particular sender. What is not
 * clear is null, and so is everything of a document that is no invoice. Throws PATTERN_INVALID.
 */
export function extractInvoice(
  document: InvoiceDocument,
  templates: z.infer<typeof templatesSchema> = [],
): ExtractedInvoice {
  for (const { name, text } of document.xmlFiles) {
    const electronic = readEInvoice(text, name);
    if (electronic !== null) return describe(electronic, null);
  }
  const template = readByTemplate(document, templates);
  const { lineItems, ...found } = readInvoiceText(document);
  const facts: FoundFacts = { ...found, ...template?.facts };
  const type = findDocumentType(document, { ...facts, lineItems });
  // Who wrote the template knows what it is.
  const isInvoice = type.value !== 'none' || template !== null;
  const documentType = isInvoice && type.value === 'none' ? { value: 'invoice' as const, confidence: 0.5 } : type;
  return describe({ documentType, facts: isInvoice ? facts : nothing(), lineItems }, template);
}

function describe({ documentType, facts, lineItems }: ReadInvoice, template: TemplateReading | null): ExtractedInvoice {
  const isNone = documentType.value === 'none';
  const each = <Value>(pick: (name: FactName) => Value) =>
    Object.fromEntries(FACT_NAMES.map((name) => [name, pick(name)])) as Record<FactName, Value>;
  const values = each((name) => facts[name]?.value ?? null) as { [Name in FactName]: InvoiceFacts[Name] | null };
  const items = isNone || lineItems.length === 0 ? null : lineItems;
  const absent = [
    ...FACT_NAMES.filter((name) => facts[name] === null),
    ...(items === null ? ['lineItems' as const] : []),
  ];
  const reasonOf = (name: FactName | 'lineItems'): MissingReason => {
    if (isNone) return 'NOT_AN_INVOICE';
    return template !== null && name in template.facts ? 'TEMPLATE_DIFFERS' : 'NOT_FOUND';
  };
  return {
    documentType: documentType.value,
    template: template?.name ?? null,
    ...values,
    lineItems: items,
    evidence: each((name) => facts[name]?.evidence ?? null),
    confidence: { documentType: documentType.confidence, ...each((name) => facts[name]?.confidence ?? null) },
    missing: Object.fromEntries(absent.map((name) => [name, reasonOf(name)])),
  };
}

function nothing(): FoundFacts {
  return Object.fromEntries(FACT_NAMES.map((name) => [name, null])) as unknown as FoundFacts;
}
