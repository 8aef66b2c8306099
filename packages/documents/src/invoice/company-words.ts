/** Words around the names of companies in several languages. The labels are patterns for folded text. */

/** Before the name of who sends an invoice, and of who gets it. */
export const ISSUER_LABEL =
  /^\W*(?:bill(?:ed)? from|invoice from|from|issuer|issued by|seller|sold by|vendor|supplier|service provider|ver ?kaufer|lieferant|leistungserbringer|rechnungssteller|aussteller|emetteur|vendeur|fournisseur|prestataire|emisor|vendedor|proveedor|fornitore|cedente|mittente|leverancier|verkoper|prestador|sprzedawca|dodavatel)(?!\p{L})\s*(?::|$)/u;
export const RECIPIENT_LABEL =
  /^\W*(?:(?:bill(?:ed|ing)?|ship(?:ped|ping)?|sold|invoiced?|deliver(?:ed)?) ?to|(?:billing|shipping|delivery) address|customer|client|recipient|buyer|attn|kunde|kaufer|kaufer ?\/ ?leistungsempfanger|leistungsempfanger|warenempfanger|abweichender \p{L}+|acheteur|rechnungsempfanger|empfanger|rechnungsadresse|lieferadresse|facture a|adresse de (?:facturation|livraison)|destinataire|cliente|facturar a|destinatario|spett\.?(?:le)?|cessionario|factuuradres|afleveradres|klant|t\.?a\.?v|nabywca|odberatel)(?: address)?(?!\p{L})\W*(?=$|(?<=:\s*)\S|(?<=\.\s*)\S)/u;

/** Words of labels, tables, addresses and sentences that are not in the name of a company. */
export const NO_NAME =
  /(?<![\p{L}-])(?:nummer|number|name|amount|total|subtotal|summe|gesamt\p{L}*|\p{L}*betrag|beitrag|page|pages|seite|date|datum|data|iban|bic|swift|tax|vat|ust|mwst|steuer\p{L}*|menge|qty|quantity|description|beschreibung|bezeichnung|preis|price|unit|telefon|telephone|phone|tel|fax|e-?mail|kunde|customer|client|buyer|seller|verkaufer|ver kaufer|kaufer|kontakt|contact|address|adresse|anschrift|position|artikel|zahlung|zahlbar|zahlungs\p{L}*|payment|order|bestellung|bestell\p{L}*|liefer(?:ung|datum|schein|adresse)|leistung\p{L}*|geschaftsfuhr\p{L}*|mitglieder|konto\p{L}*|account|currency|wahrung|deutschland|germany|france|united kingdom|united states|usa|osterreich|schweiz|switzerland|italia|espana|nederland|agenda|bemerkung\p{L}*|betreff|subject|inhalt|contents?|thank|dear|sehr|please|from|to|your|ihre?|our|the|this|stylesheet|sample|copy|draft|original|terms|information|gln|gtin|livraison|facturation|references?|referenz)(?![\p{L}-])/u;

/** Words of a company's registration, tax and bank details, which stand beside its name. */
export const COMPANY_DETAILS =
  /\b(?:iban|swift|bic|vat (?:no|number|id|reg)|tax (?:id|no)|ust-?id|ustid|steuer-?nr|hrb|registergericht|amtsgericht|handelsregister|geschaftsfuhrer|vorstand|siret|siren|rcs|siege social|au capital|tva intra|n\. ?tva|registered (?:in|office|no)|company (?:no|number|reg)|regd\.? office|kvk|btw-?(?:nr|nummer|nl)|c\.?i\.?f|n\.?i\.?f|p\.? ?iva|partita iva|gstin|abn|ein|uid|che-\d|org\.? ?nr|nip|regon)\b/;

const LEGAL_FORMS = [
  ['GmbH', 'GMBH', 'gGmbH', 'AG', 'UG', 'KG', 'KGaA', 'OHG', 'GbR', 'e\\.? ?K\\.?', 'SE'],
  [
    'Ltd',
    'LTD',
    'Limited',
    'LLC',
    'L\\.L\\.C\\.',
    'Inc',
    'INC',
    'Corp',
    'Corporation',
    'Co',
    'PLC',
    'plc',
    'LLP',
    'LP',
    'Pvt',
    'Pty',
  ],
  ['SAS', 'S\\.A\\.S\\.', 'SASU', 'SARL', 'Sarl', 'S\\.A\\.R\\.L\\.', 'EURL', 'SA', 'S\\.A\\.', 'SCOP'],
  ['SL', 'S\\.L\\.U?\\.?', 'SLU', 'SpA', 'S\\.p\\.A\\.', 'SPA', 'Srl', 'SRL', 'S\\.r\\.l\\.', 'Lda', 'Ltda', 'LTDA'],
  ['BV', 'B\\.V\\.', 'NV', 'N\\.V\\.', 'VOF', 'Oy', 'Oyj', 'AB', 'AS', 'ASA', 'ApS', 'A/S'],
  ['sp\\. ?z ?o\\. ?o\\.', 'Sp\\. ?z ?o\\. ?o\\.', 's\\.r\\.o\\.', 'a\\.s\\.', 'Kft', 'Zrt', 'K\\.K\\.', 'GK'],
]
  .flat()
  .join('|');

/** A name with a legal form behind it, at the beginning of a text that is not folded: names have capitals. */
export const COMPANY_NAME = new RegExp(
  `^(?=[^\\p{Ll}])[^:;|•·()]{1,60}?,? (?:${LEGAL_FORMS})\\.?(?:,? (?:${LEGAL_FORMS})\\.?)*(?![\\p{L}\\p{N}&/])(?: & Co\\.? KG(?:aA)?)?`,
  'u',
);

export const LEGAL_FORM_AT_END = new RegExp(`(?:,? (?:${LEGAL_FORMS})\\.?)+$`, 'u');
