/** Words of invoices in several languages, as patterns for folded text. */

const DOCUMENT =
  '(?:invoice|inv|bill|receipt|credit note|rechnung|beleg|gutschrift|faktura|faktury|facture|avoir|factura|fattura|fatura|factuur|rekening)';
const NUMBER = '(?:(?:number|numero|nummer|numer|num|nro|no|nr|id)(?!\\p{L})|n[°º.]|#|№)';

export const DOCUMENT_WORD = new RegExp(`(?<!\\p{L})${DOCUMENT}(?:s(?!\\p{L}))?(?!\\p{L})`, 'u');

export const NUMBER_LABEL = new RegExp(
  `(?<!\\p{L})(?:${DOCUMENT}s?[ .-]*(?:vat ?)?${NUMBER}|${NUMBER}\\.? ?(?:(?:de|da|della|of) )?(?:la )?${DOCUMENT})`,
  'u',
);

export const DATE_LABEL = new RegExp(
  '(?<!\\p{L})(?:' +
    `${DOCUMENT}s? ?-?(?:date|datum|dato)|(?:date|data|fecha|datum) ?(?:de |da |della |del |of )?(?:la |l'|d'|d’)?(?:${DOCUMENT}|facturation|issue|emission|emissione|emissao|emision|expedicion|documento)` +
    "|date d['’]emission|issue date|issued(?: on)?|billing date|ausstellungsdatum|belegdatum|data wystawienia|datum vystaveni" +
    ')',
  'u',
);

export const ANY_DATE_LABEL = /(?<!\p{L})(?:date|datum|dato|fecha|data|dated)(?!\p{L})/u;

/** Dates that are not the date of the invoice. */
export const OTHER_DATE =
  /\bdue\b|deliver|order|ship|paid|payment|pay by|period|until|valid|expir|print|fallig|liefer|leistung|zahl|zeitraum|bestell|echeance|livraison|limite|vencimiento|entrega|pago|scadenza|consegna|verval|levering|forfall|termin/;

/** What a label before an amount says it is, in the order in which that has to be asked. */
export const AMOUNT_LABELS = {
  notAnAmountDue:
    /\b(?:paid|payments?(?! due)|deposit|previous|discount|rabatt|remise|credit|anzahlung|acompte|ubertrag|carried|brought|savings?|points|versand|shipping|pages?|items|quantity|qty|hours|weight|rate)\b/,
  untaxed:
    /sub-? ?tota|zwischensumme|\bnett?o?(?!\p{L})(?! a p)|nettobetrag|\bexcl|exkl|before tax|without (?:tax|vat)|hors taxe|\bh\.?t\.?(?!\p{L})|sin iva|base imponible|imponibile|taxable|grondslag/u,
  taxIncluded: /\bincl|inkl|inbegr|\bt\.?t\.?c\b|brutto|gross|compris|incluid|inclus/,
  tax: /(?<!\p{L})(?:tax(?:es)?|vat|mwst|ust|umsatzsteuer|mehrwertsteuer|tva|iva|btw|gst|hst|pst|moms|mva|dph|podatek)(?!\p{L})/u,
  finalTotal:
    /grand total|total amount|invoice (?:total|amount)|total (?:due|payable|to pay|for this|of this|ttc|incl|inkl|brutto)|gesamt(?:betrag|summe)|(?:rechnungs|end|brutto|zahl|zahlungs)(?:betrag|summe)|zu zahlen|a payer|montant (?:total|du|ttc)|total a pagar|importe total|total (?:factura|facture|fattura|fatura)|totale (?:documento|fattura|da pagare|dovuto)|importo totale|a pagare|te betalen|totaalbedrag|factuur ?totaal|total geral|valor total|att betala|a betale|do zaplaty|naleznosc ogolem|celkem|k uhrade/,
  due: /(?:amount|balance|total) due|balance|outstanding|offener betrag|solde|saldo/,
  total: /(?<!\p{L})(?:total|totals|gesamt|summe|totale|totaal|summa|razem|suma|totalt)(?!\p{L})/u,
} as const;
