import type { EInvoiceFormat } from './e-invoice-format.ts';

/** Version 2 and later call it the first, version 1 the second. */
const HEADER = ['ExchangedDocument', 'HeaderExchangedDocument'];
const TRADE = ['SupplyChainTradeTransaction', 'SpecifiedSupplyChainTradeTransaction'];
const AGREEMENT = both(TRADE, ['ApplicableHeaderTradeAgreement', 'ApplicableSupplyChainTradeAgreement']);
const SETTLEMENT = both(TRADE, ['ApplicableHeaderTradeSettlement', 'ApplicableSupplyChainTradeSettlement']);
const SUMS = both(SETTLEMENT, [
  'SpecifiedTradeSettlementHeaderMonetarySummation',
  'SpecifiedTradeSettlementMonetarySummation',
]);
const LINE_AGREEMENT = ['SpecifiedLineTradeAgreement', 'SpecifiedSupplyChainTradeAgreement'];
const LINE_SUMS = both(
  ['SpecifiedLineTradeSettlement', 'SpecifiedSupplyChainTradeSettlement'],
  ['SpecifiedTradeSettlementLineMonetarySummation', 'SpecifiedTradeSettlementMonetarySummation'],
);

/** CII of UN/CEFACT, as ZUGFeRD, Factur-X and XRechnung use it. */
export const crossIndustryInvoice: EInvoiceFormat = {
  roots: ['CrossIndustryInvoice', 'CrossIndustryDocument'],
  type: both(HEADER, ['TypeCode']),
  issuer: both(AGREEMENT, ['SellerTradeParty/Name', 'SellerTradeParty/SpecifiedLegalOrganization/TradingBusinessName']),
  buyer: both(AGREEMENT, ['BuyerTradeParty/Name', 'BuyerTradeParty/SpecifiedLegalOrganization/TradingBusinessName']),
  number: both(HEADER, ['ID']),
  date: both(HEADER, ['IssueDateTime/DateTimeString', 'IssueDateTime/DateTime']),
  dueDate: both(SETTLEMENT, ['SpecifiedTradePaymentTerms/DueDateDateTime/DateTimeString']),
  currency: both(SETTLEMENT, ['InvoiceCurrencyCode']),
  amount: both(SUMS, ['GrandTotalAmount', 'DuePayableAmount']),
  amountUntaxed: both(SUMS, ['TaxBasisTotalAmount']),
  taxAmount: both(SUMS, ['TaxTotalAmount']),
  taxId: both(AGREEMENT, ['SellerTradeParty/SpecifiedTaxRegistration/ID']),
  iban: both(SETTLEMENT, ['SpecifiedTradeSettlementPaymentMeans/PayeePartyCreditorFinancialAccount/IBANID']),
  purchaseOrder: both(AGREEMENT, ['BuyerOrderReferencedDocument/IssuerAssignedID', 'BuyerOrderReferencedDocument/ID']),
  lines: both(TRADE, ['IncludedSupplyChainTradeLineItem']),
  line: {
    description: [
      'SpecifiedTradeProduct/Name',
      'SpecifiedTradeProduct/Description',
      'AssociatedDocumentLineDocument/IncludedNote/Content',
    ],
    quantity: ['SpecifiedLineTradeDelivery/BilledQuantity', 'SpecifiedSupplyChainTradeDelivery/BilledQuantity'],
    unitPrice: both(LINE_AGREEMENT, [
      'NetPriceProductTradePrice/ChargeAmount',
      'GrossPriceProductTradePrice/ChargeAmount',
    ]),
    amount: both(LINE_SUMS, ['LineTotalAmount']),
  },
};

/** Each of the inner paths in each of the outer elements; the better inner paths first. */
function both(outer: string[], inner: string[]): string[] {
  return inner.flatMap((path) => outer.map((parent) => `${parent}/${path}`));
}
