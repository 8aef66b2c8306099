/** What is known of an invoice: each fact by the name the output gives it. */
export interface InvoiceFacts {
  /** Who sends the invoice. */
  issuer: string;
  buyer: string;
  invoiceNumber: string;
  /** YYYY-MM-DD. */
  date: string;
  /** YYYY-MM-DD: when it is to be paid at the latest. */
  dueDate: string;
  /** What the invoice comes to, tax included. */
  amount: number;
  amountUntaxed: number;
  taxAmount: number;
  /** ISO 4217. */
  currency: string;
  /** Of the issuer: the VAT number, else the number of another tax. */
  taxId: string;
  /** Where to pay to, without spaces. */
  iban: string;
  purchaseOrder: string;
}

export type FactName = keyof InvoiceFacts;

export const FACT_NAMES = [
  'issuer',
  'buyer',
  'invoiceNumber',
  'date',
  'dueDate',
  'amount',
  'amountUntaxed',
  'taxAmount',
  'currency',
  'taxId',
  'iban',
  'purchaseOrder',
] as const satisfies FactName[];

/** A value, where it was read, and how sure that is: from 0 to 1. */
export interface Found<Value> {
  value: Value;
  confidence: number;
  evidence: Evidence;
}

export type FoundFacts = { [Name in FactName]: Found<InvoiceFacts[Name]> | null };

/** Where a value was read. */
export type Evidence = PageEvidence | XmlEvidence;

export interface PageEvidence {
  source: 'page';
  page: number;
  /** Counted from 1 on each page. */
  line: number;
  text: string;
}

/** In an electronic invoice: `path` has the local names of the elements, with `/` between them. */
export interface XmlEvidence {
  source: 'xml';
  file: string;
  path: string;
  text: string;
}

export interface LineItem {
  description: string | null;
  quantity: number | null;
  unitPrice: number | null;
  /** Of the line, without tax unless the document says otherwise. */
  amount: number | null;
}

export type DocumentType = 'invoice' | 'credit-note' | 'none';

export interface ReadInvoice {
  documentType: { value: DocumentType; confidence: number };
  facts: FoundFacts;
  lineItems: LineItem[];
}
