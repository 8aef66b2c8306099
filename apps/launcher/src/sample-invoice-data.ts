/** An invoice to draw. Money is in hundredths of its currency. */
export interface SampleInvoice {
  name: string;
  layout: 'letter' | 'classic' | 'boxes';
  paper: [width: number, height: number];
  issuer: string;
  issuerAddress: string[];
  recipientLabel: string;
  recipient: string[];
  title: string;
  /** Label and value of each fact in the head. */
  facts: [label: string, value: string][];
  headings: [description: string, quantity: string, price: string, sum: string];
  items: [description: string, quantity: number, price: number][];
  sumLabels: { net: string; tax: string; total: string };
  taxPercent: number;
  money: { decimal: string; group: string; before: string; after: string };
  remarks: string[];
  footer: string[];
  expected: { invoiceNumber: string; date: string; currency: string };
}

const A4: SampleInvoice['paper'] = [595.28, 841.89];
const LETTER: SampleInvoice['paper'] = [612, 792];

/** What `npm start` and `npm run demo` work with: senders, languages, layouts and currencies all differ. */
export const SAMPLE_INVOICES: SampleInvoice[] = [
  {
    name: 'northwind-timber.pdf',
    layout: 'classic',
    paper: LETTER,
    issuer: 'Northwind Timber LLC',
    issuerAddress: ['1180 Harbor Avenue', 'Portland, OR 97209', 'billing@northwindtimber.example'],
    recipientLabel: 'Bill To:',
    recipient: ['Cascade Kitchens Inc.', '45 Mill Road', 'Bend, OR 97701'],
    title: 'INVOICE',
    facts: [
      ['Invoice Number:', 'NT-20418'],
      ['Invoice Date:', 'March 14, 2025'],
      ['Due Date:', 'April 13, 2025'],
      ['PO Number:', '88-1207'],
    ],
    headings: ['Description', 'Quantity', 'Unit Price', 'Amount'],
    items: [
      ['Douglas fir, 2 x 6 in, 12 ft', 140, 1_145],
      ['Red cedar siding, bundle', 22, 8_490],
      ['Delivery to site', 1, 12_500],
    ],
    sumLabels: { net: 'Subtotal', tax: 'Sales Tax (8.25%)', total: 'Total Due' },
    taxPercent: 8.25,
    money: { decimal: '.', group: ',', before: '$', after: '' },
    remarks: ['Please make checks payable to Northwind Timber LLC.', 'Thank you for your business.'],
    footer: ['Northwind Timber LLC · EIN 84-0000001 · www.northwindtimber.example'],
    expected: { invoiceNumber: 'NT-20418', date: '2025-03-14', currency: 'USD' },
  },
  {
    name: 'brandt-soehne.pdf',
    layout: 'letter',
    paper: A4,
    issuer: 'Brandt & Söhne Maschinenbau GmbH',
    issuerAddress: ['Werkstraße 14', '59229 Ahlen'],
    recipientLabel: '',
    recipient: ['Hofmann Verpackungen AG', 'Einkauf', 'Am Kanal 3', '48143 Münster'],
    title: 'Rechnung',
    facts: [
      ['Rechnungs-Nr.', 'RE-2025-00731'],
      ['Rechnungsdatum', '3. Februar 2025'],
      ['Lieferdatum', '30.01.2025'],
      ['Kundennr.', '10482'],
    ],
    headings: ['Beschreibung', 'Menge', 'Einzelpreis', 'Betrag'],
    items: [
      ...Array.from({ length: 30 }, (_, index): [string, number, number] => [
        `Lagerbuchse Typ ${String.fromCharCode(65 + (index % 26))}${index + 1}, Bronze`,
        (index % 5) + 1,
        1_290 + index * 85,
      ]),
      ['Montage, Stundensatz', 16, 8_950],
    ],
    sumLabels: { net: 'Zwischensumme', tax: 'zzgl. 19 % MwSt.', total: 'Gesamtbetrag' },
    taxPercent: 19,
    money: { decimal: ',', group: '.', before: '', after: ' €' },
    remarks: ['Zahlbar innerhalb von 14 Tagen ohne Abzug. Bei Verzug berechnen wir eine Pauschale von 40,00 €.'],
    footer: [
      'Brandt & Söhne Maschinenbau GmbH · Geschäftsführer: Karin Brandt · Amtsgericht Münster HRB 00000',
      'USt-IdNr. DE000000000 · IBAN DE00 0000 0000 0000 0000 00 · post@brandt-soehne.example',
    ],
    expected: { invoiceNumber: 'RE-2025-00731', date: '2025-02-03', currency: 'EUR' },
  },
  {
    name: 'atelier-lumiere.pdf',
    layout: 'classic',
    paper: A4,
    issuer: 'Atelier Lumière SARL',
    issuerAddress: ['27 rue des Tanneurs', '69003 Lyon', 'contact@atelier-lumiere.example'],
    recipientLabel: 'Facturé à :',
    recipient: ['Théâtre du Vieux Port', '4 quai Rambaud', '13002 Marseille'],
    title: 'FACTURE',
    facts: [
      ['Facture n°', 'F2025-0042'],
      ['Date de facturation', '7 août 2025'],
      ["Date d'échéance", '6 septembre 2025'],
    ],
    headings: ['Désignation', 'Quantité', 'Prix unitaire', 'Montant'],
    items: [
      ['Projecteur LED de scène', 12, 24_900],
      ['Pupitre de commande', 1, 189_000],
      ['Installation et réglage', 2, 65_000],
    ],
    sumLabels: { net: 'Total HT', tax: 'TVA 20 %', total: 'Total TTC' },
    taxPercent: 20,
    money: { decimal: ',', group: ' ', before: '', after: ' €' },
    remarks: ['Pénalités de retard : trois fois le taux légal. Indemnité forfaitaire de recouvrement : 40 €.'],
    footer: [
      'Atelier Lumière SARL au capital de 10 000 € · RCS Lyon 000 000 000 · TVA intracommunautaire FR00000000000',
    ],
    expected: { invoiceNumber: 'F2025-0042', date: '2025-08-07', currency: 'EUR' },
  },
  {
    name: 'harbour-light-studio.pdf',
    layout: 'boxes',
    paper: A4,
    issuer: 'Harbour & Light Studio Ltd',
    issuerAddress: ['Unit 6, Chapel Wharf', 'Bristol BS1 4RN', 'VAT No. GB 000 0000 00'],
    recipientLabel: 'Invoice to',
    recipient: ['Fenwick Books', '210 High Street', 'York YO1 7HT'],
    title: 'Tax invoice',
    facts: [
      ['Invoice number', '001879'],
      ['Date of issue', '05/06/2025'],
      ['Payment due', '05/07/2025'],
    ],
    headings: ['Description', 'Hours', 'Rate', 'Amount'],
    items: [
      ['Photography of the spring catalogue', 18, 7_500],
      ['Retouching', 26, 4_250],
      ['Prints and delivery', 1, 18_640],
    ],
    sumLabels: { net: 'Total excl. VAT', tax: 'VAT 20%', total: 'Total incl. VAT' },
    taxPercent: 20,
    money: { decimal: '.', group: ',', before: '£', after: '' },
    remarks: ['Payment by bank transfer, sort code 00-00-00, account 00000000.'],
    footer: ['Harbour & Light Studio Ltd, registered in England, company no. 00000000'],
    expected: { invoiceNumber: '001879', date: '2025-06-05', currency: 'GBP' },
  },
  {
    name: 'alpwasser.pdf',
    layout: 'letter',
    paper: A4,
    issuer: 'Alpwasser Technik AG',
    issuerAddress: ['Seestrasse 88', '6300 Zug'],
    recipientLabel: '',
    recipient: ['Gemeinde Oberwil', 'Bauamt', 'Dorfplatz 1', '6315 Oberägeri'],
    title: 'Rechnung',
    facts: [
      ['Rechnung Nr.', '2025 0193'],
      ['Datum', '28.11.2025'],
      ['Zahlbar bis', '28.12.2025'],
    ],
    headings: ['Leistung', 'Anzahl', 'Preis CHF', 'Betrag CHF'],
    items: [
      ['Pumpwerk, Wartung nach Vertrag', 1, 1_420_000],
      ['Ersatzfilter 200 l/min', 8, 31_550],
    ],
    sumLabels: { net: 'Netto', tax: 'MWST 8.1 %', total: 'Total CHF' },
    taxPercent: 8.1,
    money: { decimal: '.', group: "'", before: '', after: '' },
    remarks: ['Wir danken für Ihren Auftrag.'],
    footer: ['Alpwasser Technik AG · UID CHE-000.000.000 MWST · www.alpwasser.example'],
    expected: { invoiceNumber: '2025 0193', date: '2025-11-28', currency: 'CHF' },
  },
  {
    name: 'talleres-del-sur.pdf',
    layout: 'boxes',
    paper: A4,
    issuer: 'Talleres del Sur, S.L.',
    issuerAddress: ['Calle Alfarería 19', '41010 Sevilla', 'CIF B00000000'],
    recipientLabel: 'Cliente',
    recipient: ['Hotel Mirador', 'Avenida del Mar 5', '29602 Marbella'],
    title: 'Factura',
    facts: [
      ['Número de factura', 'A/2025/118'],
      ['Fecha de emisión', '12 de mayo de 2025'],
      ['Vencimiento', '11 de junio de 2025'],
    ],
    headings: ['Concepto', 'Cantidad', 'Precio', 'Importe'],
    items: [
      ['Revisión del sistema de climatización', 3, 41_000],
      ['Compresor de repuesto', 1, 96_575],
    ],
    sumLabels: { net: 'Base imponible', tax: 'IVA 21 %', total: 'Total factura' },
    taxPercent: 21,
    money: { decimal: ',', group: '.', before: '', after: ' EUR' },
    remarks: ['Forma de pago: transferencia bancaria.'],
    footer: ['Talleres del Sur, S.L. · Registro Mercantil de Sevilla · IBAN ES00 0000 0000 0000 0000 0000'],
    expected: { invoiceNumber: 'A/2025/118', date: '2025-05-12', currency: 'EUR' },
  },
];
