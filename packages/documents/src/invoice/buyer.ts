import { confidenceOf } from './best.ts';
import { isName, isPlainName, nameIn, sameName } from './company-name.ts';
import { evidenceOf } from './document.ts';
import type { Found } from './invoice-facts.ts';
import type { Recipient } from './recipient.ts';

const SALUTATION = /^(?:herrn?|frau|firma|an|to|mr|mrs|ms|m\.|mme|company|attn\.?|z\.? ?hd\.?)\.?:?$/;

/** Who gets the invoice: the first name below the label of the recipient, or in the window of a letter. */
export function findBuyer({ blocks }: Recipient, issuer: string | null): Found<string> | null {
  for (const { isInvoiced, cells } of blocks) {
    if (!isInvoiced) continue;
    for (const { text, folded, line } of cells) {
      // Numbers and codes may stand above the name; a street or a place has taken its room.
      if (SALUTATION.test(folded.trim()) || /:|\d{4}/.test(folded)) continue;
      const name = nameIn(text.trim());
      if (!isPlainName(folded) || !isName(name) || /\d/.test(name)) break;
      if (issuer !== null && sameName(name, issuer)) break;
      return { value: name, confidence: confidenceOf(80), evidence: evidenceOf(line) };
    }
  }
  return null;
}
