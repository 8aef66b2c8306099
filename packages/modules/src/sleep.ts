import { setTimeout as sleep } from 'node:timers/promises';
import { defineModule } from '@gantry/module-sdk/define-module';
import { z } from 'zod';

const MAX_MS = 24 * 60 * 60 * 1_000;

export default defineModule({
  ref: 'gantry/sleep',
  nonBlocking: true,
  name: 'Sleep',
  description: 'Waits, gives { sleptMs } and ends at once when it is cancelled.',
  options: z.object({
    ms: z.number().min(0).max(MAX_MS).default(1_000).describe('How long to wait, in milliseconds (at most a day)'),
  }),
  async infer({ options: { ms }, signal }) {
    await sleep(ms, undefined, { signal });
    return { sleptMs: ms };
  },
});
