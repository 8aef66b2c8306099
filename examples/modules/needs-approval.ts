import { defineModule } from '@gantry/module-sdk/define-module';
import { z } from 'zod';

const invoice = z.object({ invoiceNumber: z.string().nullable(), amount: z.number().nullable() });

/** The step after gantry/invoice-extractor: says whether somebody has to approve the invoice. */
export default defineModule({
  ref: 'examples/needs-approval',
  options: z.object({ limit: z.number().positive().default(1_000) }),
  infer({ options: { limit }, previousOutput, logger }) {
    const { invoiceNumber, amount } = invoice.parse(previousOutput);
    const needsApproval = amount === null || amount > limit;
    logger.info(needsApproval ? 'needs approval' : 'may be paid', { invoiceNumber, amount });
    return { invoiceNumber, amount, needsApproval };
  },
});
