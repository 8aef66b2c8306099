import type { EInvoiceFormat } from './e-invoice-format.ts';

const SELLER = 'AccountingSupplierParty/Party';
const BUYER = 'AccountingCustomerParty/Party';

/** UBL 2 of OASIS, as XRechnung and Peppol use it. */
export const universalBusinessInvoice: EInvoiceFormat = {
  roots: ['Invoice', 'CreditNote'],
  type: ['InvoiceTypeCode', 'CreditNoteTypeCode'],
  issuer: [`${SELLER}/PartyLegalEntity/RegistrationName`, `${SELLER}/PartyName/Name`],
  buyer: [`${BUYER}/PartyLegalEntity/RegistrationName`, `${BUYER}/PartyName/Name`],
  number: ['ID'],
  date: ['IssueDate'],
  dueDate: ['DueDate', 'PaymentMeans/PaymentDueDate'],
  currency: ['DocumentCurrencyCode'],
  amount: ['LegalMonetaryTotal/TaxInclusiveAmount', 'LegalMonetaryTotal/PayableAmount'],
  amountUntaxed: ['LegalMonetaryTotal/TaxExclusiveAmount'],
  taxAmount: ['TaxTotal/TaxAmount'],
  taxId: [`${SELLER}/PartyTaxScheme/CompanyID`],
  iban: ['PaymentMeans/PayeeFinancialAccount/ID'],
  purchaseOrder: ['OrderReference/ID'],
  lines: ['InvoiceLine', 'CreditNoteLine'],
  line: {
    description: ['Item/Name', 'Item/Description'],
    quantity: ['InvoicedQuantity', 'CreditedQuantity'],
    unitPrice: ['Price/PriceAmount'],
    amount: ['LineExtensionAmount'],
  },
};
