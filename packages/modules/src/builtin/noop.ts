import { defineModule } from '../define-module.ts';

export default defineModule({
  ref: 'gantry/noop',
  name: 'No operation',
  description: 'Does nothing and gives null: for trying a pipeline out and for measuring the engine itself.',
  infer: () => null,
});
