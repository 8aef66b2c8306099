import { defineModule } from '@gantry/module-sdk/define-module';
import { ModuleError } from '@gantry/module-sdk/module-error';
import { z } from 'zod';

const labels = z.array(z.string().min(1).max(200)).max(50).default([]);

export default defineModule({
  ref: 'gantry/label',
  nonBlocking: true,
  name: 'Label',
  description:
    'Gives the document family labels and takes others away, once the step has succeeded; gives the output of the step before.',
  options: z
    .object({
      add: labels.describe('Labels that the document family is to have'),
      remove: labels.describe('Labels that it is not to have'),
    })
    .refine(({ add, remove }) => !add.some((label) => remove.includes(label)), {
      path: ['remove'],
      message: 'names a label that is added too',
    }),
  infer({ options, previousOutput, documentFamily, labels }) {
    if (documentFamily === null) {
      throw new ModuleError('DOCUMENT_FAMILY_MISSING', 'documentFamily: the execution is about none', {
        permanent: true,
      });
    }
    for (const label of options.add) labels.add(label);
    for (const label of options.remove) labels.remove(label);
    return previousOutput;
  },
});
