import { defineModule } from '@gantry/module-sdk/define-module';

/** Gives back what the step was given, under the names modules know it by. */
export default defineModule({
  ref: 'gantry/echo',
  nonBlocking: true,
  name: 'Echo',
  description:
    'Gives back what it was given: options, context, documentFamily, contentObject, previousOutput, attempt and ids.',
  infer({
    options,
    context,
    documentFamily,
    contentObject,
    previousOutput,
    executionId,
    stepId,
    stepIndex,
    attempt,
    epoch,
  }) {
    return {
      options,
      context,
      documentFamily,
      contentObject,
      previousOutput,
      executionId,
      stepId,
      stepIndex,
      attempt,
      epoch,
    };
  },
});
