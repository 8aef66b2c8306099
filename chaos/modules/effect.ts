import { appendFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { defineModule } from '@gantry/module-sdk/define-module';
import { z } from 'zod';

/** Works a while, then leaves a mark outside of the engine, which tells the audit that the step really ran. */
export default defineModule({
  ref: 'chaos/effect',
  options: z.object({ marks: z.string(), ms: z.number(), bytes: z.number().default(0) }),
  async infer({ options: { marks, ms, bytes }, executionId, stepIndex, signal }) {
    await sleep(ms * Math.random(), undefined, { signal });
    await appendFile(marks, `${executionId} ${stepIndex}\n`);
    return { marked: stepIndex, filling: 'x'.repeat(bytes) };
  },
});
