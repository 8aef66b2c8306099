import { defineModule } from '@gantry/module-sdk/define-module';

/** Takes down the thread it runs in, whenever it is tried. */
export default defineModule({
  ref: 'chaos/poison',
  infer: () => process.exit(7),
});
