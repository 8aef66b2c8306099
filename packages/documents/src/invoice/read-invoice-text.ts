import { findBuyer } from './buyer.ts';
import type { InvoiceDocument } from './document.ts';
import { findDueDate } from './due-date.ts';
import { findIban, findPurchaseOrder, findTaxId } from './identifiers.ts';
import { findCurrency } from './invoice-currency.ts';
import { findInvoiceDate } from './invoice-date.ts';
import type { FoundFacts, LineItem } from './invoice-facts.ts';
import { findInvoiceNumber } from './invoice-number.ts';
import { findIssuer } from './issuer.ts';
import { findLineItems } from './line-items.ts';
import { findRecipient } from './recipient.ts';
import { findTotals } from './totals.ts';

export type InvoiceText = FoundFacts & { lineItems: LineItem[] };

/** The facts that the text of an invoice states. */
export function readInvoiceText(document: InvoiceDocument): InvoiceText {
  const totals = findTotals(document);
  const recipient = findRecipient(document);
  const issuer = findIssuer(document, recipient);
  return {
    issuer,
    buyer: findBuyer(recipient, issuer?.value ?? null),
    invoiceNumber: findInvoiceNumber(document),
    date: findInvoiceDate(document),
    dueDate: findDueDate(document),
    amount: totals.amount && { ...totals.amount, value: totals.amount.value.value },
    amountUntaxed: totals.amountUntaxed,
    taxAmount: totals.taxAmount,
    currency: findCurrency(document, totals.amount),
    taxId: findTaxId(document, recipient),
    iban: findIban(document),
    purchaseOrder: findPurchaseOrder(document),
    lineItems: findLineItems(document, [totals.amountUntaxed?.value, totals.amount?.value.value]),
  };
}
