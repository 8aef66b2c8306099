import { defineModule } from '@gantry/module-sdk/define-module';

export default defineModule({
  ref: 'gantry/noop',
  nonBlocking: true,
  name: 'No operation',
  description: 'Does nothing and gives null: for trying a pipeline out and for measuring the engine itself.',
  infer: () => null,
});
