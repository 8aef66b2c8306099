import { defineModule } from '@gantry/module-sdk/define-module';
import { z } from 'zod';

/** Emits one event, for which one child execution must come into being however often the step runs. */
export default defineModule({
  ref: 'chaos/emitter',
  options: z.object({ eventType: z.string() }),
  infer({ options: { eventType }, emit }) {
    emit({ eventType });
    return { emitted: eventType };
  },
});
