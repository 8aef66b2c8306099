/** Where an XML format of invoices keeps what: paths below the root, the better ones first. */
export interface EInvoiceFormat {
  /** Names of the root element. */
  roots: string[];
  type: string[];
  issuer: string[];
  buyer: string[];
  number: string[];
  date: string[];
  dueDate: string[];
  currency: string[];
  amount: string[];
  amountUntaxed: string[];
  taxAmount: string[];
  /** With the scheme in an attribute of it, or of an element beside it. */
  taxId: string[];
  iban: string[];
  purchaseOrder: string[];
  lines: string[];
  line: { description: string[]; quantity: string[]; unitPrice: string[]; amount: string[] };
}
