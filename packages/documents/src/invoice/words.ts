/** Words of invoices in several languages, as patterns for folded text. */

const DOCUMENT =
  '(?:invoice|inv|bill|receipt|credit note|credit memo|rechnungs-?korrektur|\\p{L}*rechnung|beleg|gutschrift|faktura|faktury|facture|avoir|factura|fattura|nota di credito|nota de credito|fatura|\\p{L}*factuur|creditnota|kreditnota|kreditfaktura|rekening)';
const NUMBER = '(?:(?:number|numero|nummer|numer|num|nro|no|nr|id)(?!\\p{L})|n[°º.]|#|№)';
/** "Rechnung des Versicherers (575) Nr." */
const KIND = '(?: des \\p{L}+)?(?: ?\\([^)]{1,40}\\)){0,2}';

export const DOCUMENT_WORD = new RegExp(`(?<!\\p{L})${DOCUMENT}(?:s(?!\\p{L}))?(?!\\p{L})`, 'u');

export const NUMBER_LABEL = new RegExp(
  `(?<!\\p{L})(?:${DOCUMENT}s?${KIND}[ .-]*(?:vat ?)?${NUMBER}|(?:rechnungs?|beleg|faktur[ae]?)-?${NUMBER}|${NUMBER}\\.? ?(?:(?:de|da|della|of) )?(?:la )?${DOCUMENT})`,
  'u',
);

/** A title that says nothing else, and what may stand below it: "Nr. 471102 vom 05.06.2018". */
export const BARE_TITLE = new RegExp(`^\\W*${DOCUMENT}\\W*$`, 'u');
export const NUMBER_AND_DATE = new RegExp(
  `^${NUMBER}[ .:]*(?<number>\\S+?)(?:,? (?:vom|dated|of|from|du|del|van) (?<date>.+))?$`,
  'du',
);

/** The invoice that this one corrects, follows or refers to. */
export const OTHER_INVOICE =
  /associe|liee|origin|previous|preceding|referenc|vorausgegang|vorherig|zugehorig|bezug|ursprung|related|corrected|zu rechnung|vorauszahlung|abschlag|anzahlung/;

export const CREDIT_NOTE =
  /credit ?(?:note|memo)|gutschrift|(?<!\p{L})avoir(?!\p{L})|nota (?:de|di) credito|creditnota|kreditnota|kreditfaktura|rechnungs-?korrektur|storno/u;

/** Titles of what looks like an invoice and is none. */
export const OTHER_DOCUMENT =
  /^\W*(?:quotation|quote|estimate|offer|angebot|devis|presupuesto|preventivo|offerte|purchase order|order confirmation|auftragsbestatigung|bestellung|bon de commande|delivery note|packing slip|lieferschein|bon de livraison|statement of account|bank statement|account statement|kontoauszug|releve|payslip|lohnabrechnung|form [w\d]|claim form|tax return)(?!\p{L})/u;

export const TAX_WORDS =
  /(?<!\p{L})(?:vat|mwst|ust|umsatzsteuer|mehrwertsteuer|tva|iva|btw|gst|hst|moms|dph|sales tax|tax(?:es)? \d|tax rate)(?!\p{L})/u;
export const PAYMENT_WORDS =
  /(?<!\p{L})(?:due date|payment terms?|terms of payment|payable|amount due|balance due|zahlbar|zahlungs(?:bedingung|ziel)|fallig|skonto|iban|echeance|conditions de paiement|a regler|vencimiento|scadenza|betaaltermijn|forfallodatum)/u;
export const DUE_DATE_LABEL =
  /(?<!\p{L})(?:due(?: date| on| by)?|date due|payment due(?: date| by)?|(?:pay(?:able)?|remit)(?: \p{L}+){0,3} (?:by|until|before)|payment date|fallig(?:keit)?(?:sdatum)?(?: am| zum| bis)?|zahlbar(?: [\p{L}\d]+){0,5} (?:bis|am)(?: zum)?|zahlungsziel|zu zahlen bis|(?:date (?:d')?)?echeance|date limite de paiement|a (?:payer|regler) avant le|vencimiento|fecha de vencimiento|data di scadenza|scadenza|vervaldatum|te betalen voor|forfallodatum|forfaldsdato|termin platnosci|datum splatnosti)(?!\p{L})/u;

export const TAX_ID_LABEL =
  /(?<!\p{L})(?:vat|ust|tva|btw|iva|cif|nif|moms|tax|mwst|umsatzsteuer|uid|nip|dic|ustid|steuer)(?!\p{Ll}{4})/u;
export const OF_CUSTOMER = /(?:client|customer|kunde|buyer|kaufer|acheteur|cliente|klant|\bihre?\b|\byour\b|\bvotre\b)/;
export const ORDER_LABEL =
  /(?<!\p{L})(?:purchase order|p\.?o\.? ?(?:number|no\.?|nr\.?|#)|customer order|your order|order (?:number|no\.?|nr\.?)|bestell(?:ung|nummer|-?nr\.?)(?: nr\.?)?|ihre bestellung|n[°º] (?:de |bon de )?commande|bon de commande|votre (?:commande|reference)|numero de pedido|ordine n\.?|bestelnummer)(?!\p{L})/u;

/** The heads of the columns of a table of items. */
export const COLUMN_LABELS = {
  description:
    /descri|beschreib|bezeichn|artikel(?!-?n)|designation|libelle|produ[ck]t|item|leistung|concept|omschrijving|benamning/,
  quantity: /quant|qty|menge|anzahl|qte|cantidad|aantal|antal|hours/,
  unitPrice:
    /(?:unit|einzel|netto|stuck)-? ?(?:price|preis|cost)|einzel\/|price|preis|prix|precio|prezzo|prijs|rate|p\.? ?u\.?/,
  amount: /amount|total|gesamt|betrag|summe|montant|importe|importo|bedrag|belopp/,
} as const;

export const DATE_LABEL = new RegExp(
  '(?<!\\p{L})(?:' +
    `${DOCUMENT}s? ?-?(?:date|datum|dato)|(?:date|data|fecha|datum) ?(?:de |da |della |del |of )?(?:la |l'|d'|d’)?(?:${DOCUMENT}|facturation|issue|emission|emissione|emissao|emision|expedicion|documento)` +
    "|date d['’]emission|rechnungsdatum|issue date|issued(?: on)?|billing date|ausstellungsdatum|belegdatum|data wystawienia|datum vystaveni" +
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
    /\b(?:paid|payments?(?! due)|deposit|previous|discount|rabatt|remise|credit|anzahlung|acompte|ubertrag|carried|brought|savings?|points|versand|shipping|pages?|items|quantity|qty|hours|weight|rate|zuschlage?|abschlage?|allowances?|charges?|gutgeschrieben|erhalten\p{L}*|deja (?:paye|regle|verse)|received|round(?:ing|ed))\b/u,
  untaxed:
    /sub-? ?tota|zwischensumme|\bnett?o?(?!\p{L})(?! a p)|nettobetrag|\bexcl|exkl|ohne (?:ust|mwst|umsatzsteuer|steuer)|senza iva|excluding|zonder btw|ex(?:cl)?\.? moms|net total|total net|before tax|without (?:tax|vat)|hors taxe|\bh\.?t\.?(?!\p{L})|sin iva|base imponible|imponibile|taxable|grondslag/u,
  taxIncluded: /\bincl|inkl|inbegr|\bt\.?t\.?c\b|brutto|gross|compris|incluid|inclus/,
  tax: /(?<!\p{L})(?:tax(?:es)?|steuerbetrag|vat|mwst|ust|umsatzsteuer|mehrwertsteuer|tva|iva|btw|gst|hst|pst|moms|mva|dph|podatek)(?!\p{L})/u,
  finalTotal:
    /grand total|total amount|^\W*brutto(?: ?summe| ?betrag)?\W*(?:eur|€)?\W*$|endsumme|gesamtbeitrag|invoice (?:total|amount)|total (?:for this|of this|ttc|incl|inkl|brutto)|gesamt(?:betrag|summe)|(?:rechnungs|end|brutto)(?:betrag|summe)|montant (?:total|ttc)|importe total|total (?:factura|facture|fattura|fatura)|totale (?:documento|fattura|dovuto)|importo totale|totaalbedrag|factuur ?totaal|total geral|valor total|naleznosc ogolem|celkem/,
  due: /(?:amount|balance|total) due|(?:due|total|amount) payable|total to pay|(?:zahl|zahlungs)(?:betrag|summe)|zu zahlen|a payer|montant du|(?:total )?(?:a|da) pagare?|te betalen|att betala|a betale|do zaplaty|k uhrade|balance|outstanding|offener betrag|solde|saldo/,
  total: /(?<!\p{L})(?:total|totals|gesamt|summe|totale|totaal|summa|razem|suma|totalt)(?!\p{L})/u,
} as const;
