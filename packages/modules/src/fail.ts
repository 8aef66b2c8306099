import { defineModule } from '@gantry/module-sdk/define-module';
import { ModuleError } from '@gantry/module-sdk/module-error';
import { z } from 'zod';

export default defineModule({
  ref: 'gantry/fail',
  name: 'Fail',
  description: 'Fails on purpose; with failTimes it succeeds from the attempt after and gives { attempt }.',
  options: z.object({
    message: z.string().max(1_000).default('This step fails on purpose').describe('What the failure says'),
    failTimes: z.int().min(0).optional().describe('How many attempts fail; every one when it is absent'),
  }),
  infer({ options: { message, failTimes }, attempt }) {
    if (failTimes === undefined || attempt <= failTimes) throw new ModuleError('FAILED_ON_PURPOSE', message);
    return { attempt };
  },
});
