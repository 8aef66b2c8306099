import { appendFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { defineModule } from '@gantry/module-sdk/define-module';
import { z } from 'zod';

/** Waits, and writes into a file when it starts and when it is told to stop: the execution, what happened, and when. */
export default defineModule({
  ref: 'bench/marker',
  options: z.object({ marks: z.string(), ms: z.number() }),
  async infer({ options: { marks, ms }, executionId, signal }) {
    const mark = (what: string) => appendFile(marks, `${executionId} ${what} ${Date.now()}\n`);
    await mark('started');
    try {
      await sleep(ms, undefined, { signal });
    } catch (error) {
      await mark('told to stop');
      throw error;
    }
    return null;
  },
});
