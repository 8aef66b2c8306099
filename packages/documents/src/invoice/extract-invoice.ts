import type { Evidence, InvoiceDocument } from './document.ts';
import { findCurrency } from './invoice-currency.ts';
import { findInvoiceDate } from './invoice-date.ts';
import { findInvoiceNumber } from './invoice-number.ts';
import { findIssuer } from './issuer.ts';
import { findTotals } from './totals.ts';

interface InvoiceFacts {
  issuer: string | null;
  invoiceNumber: string | null;
  /** YYYY-MM-DD. */
  date: string | null;
  /** What the invoice comes to, tax included. */
  amount: number | null;
  amountUntaxed: number | null;
  /** ISO 4217. */
  currency: string | null;
}

export interface ExtractedInvoice extends InvoiceFacts {
  /** Where each fact was read; null for what is not there. */
  evidence: Record<keyof InvoiceFacts, Evidence | null>;
}

/** The main facts of an invoice, by heuristics that know words of several languages and no particular sender. */
export function extractInvoice(document: InvoiceDocument): ExtractedInvoice {
  const totals = findTotals(document);
  const issuer = findIssuer(document);
  const invoiceNumber = findInvoiceNumber(document);
  const date = findInvoiceDate(document);
  const currency = findCurrency(document, totals.amount);
  return {
    issuer: issuer?.value ?? null,
    invoiceNumber: invoiceNumber?.value ?? null,
    date: date?.value ?? null,
    amount: totals.amount?.value.value ?? null,
    amountUntaxed: totals.amountUntaxed?.value ?? null,
    currency: currency?.value ?? null,
    evidence: {
      issuer: issuer?.evidence ?? null,
      invoiceNumber: invoiceNumber?.evidence ?? null,
      date: date?.evidence ?? null,
      amount: totals.amount?.evidence ?? null,
      amountUntaxed: totals.amountUntaxed?.evidence ?? null,
      currency: currency?.evidence ?? null,
    },
  };
}
