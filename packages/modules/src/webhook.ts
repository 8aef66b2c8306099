import { defineModule } from '@gantry/module-sdk/define-module';
import { z } from 'zod';
import { messageOptions, sendMessage } from './signed-message.ts';

export default (outboundAllow: readonly string[]) =>
  defineModule({
    ref: 'gantry/webhook',
    nonBlocking: true,
    name: 'Webhook',
    description:
      'Tells an address what the step before gave, signed as Standard Webhooks say; gives the output of the step before.',
    options: z.object({
      ...messageOptions,
      type: z
        .string()
        .regex(/^[\w.-]{1,100}$/, 'expected words joined by dots, such as invoice.read')
        .default('step.succeeded')
        .describe('What kind of message it is'),
      data: z.json().optional().describe('What it tells; the output of the step before when absent'),
    }),
    async infer(step) {
      const { options, previousOutput, executionId, documentFamily } = step;
      const { type, data = previousOutput } = options;
      const familyId = documentFamily?.['id'] ?? null;
      const message = { type, timestamp: new Date().toISOString(), executionId, documentFamilyId: familyId, data };
      await sendMessage(outboundAllow, step, message);
      return previousOutput;
    },
  });
