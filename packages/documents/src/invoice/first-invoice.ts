import { readInvoiceDocument } from './document.ts';
import { extractInvoice } from './extract-invoice.ts';

/** In Latin-1, and with characters beyond it: expressions are compiled for either kind of text. */
export const FIRST_INVOICES = [
  `Sample Traders Ltd
12 Harbour Road, Bristol
Invoice
Bill To: Example Ltd        Invoice Number: A-1001
1 Mill Lane                 Invoice Date: March 3, 2025
London                      Due Date: 03/04/2025
Description                 Quantity   Unit Price     Amount
Paper, 500 sheets                  2        10.00      20.00
Delivery                           1         5.00       5.00
                                         Subtotal      25.00
                                        VAT (20%)       5.00
                                        Total Due     $30.00
VAT No. GB123456789`,
  `Muster Handel GmbH – Hauptstraße 1 – 10115 Berlin
Beispiel AG                 Rechnungsnummer: R-1001
Am Platz 2                  Rechnungsdatum: 3. März 2025
80331 München               Fällig bis: 03.04.2025
Beschreibung                Menge     Einzelpreis     Betrag
Papier, 500 Blatt               2         10,00 €    20,00 €
Lieferung                       1          5,00 €     5,00 €
                                    Zwischensumme    25,00 €
                                    zzgl. 19 % MwSt.  4,75 €
                                     Gesamtbetrag    29,75 €
USt-IdNr. DE123456789`,
];

/** Reads small invoices, so that what they are read with is compiled before one that somebody waits for. */
export async function readFirstInvoice(): Promise<void> {
  for (const text of FIRST_INVOICES) extractInvoice(readInvoiceDocument({ text }));
}
