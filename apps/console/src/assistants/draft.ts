import type { Assistant, AssistantInput } from '@gantry/contracts/http/assistant';

/** What a person edits of an assistant; the rest stays as it is. */
const EDITED = [
  'name',
  'description',
  'subscription',
  'connections',
  'options',
  'schedules',
  'priorityHint',
  'timeoutSeconds',
  'maxConcurrentExecutions',
  'deduplication',
] as const;

export type Draft = AssistantInput;

export type DraftStep = NonNullable<NonNullable<NonNullable<Draft['options']>['pipeline']>['steps']>[number];

export function draftOf(assistant: Assistant): Draft {
  const edited = Object.fromEntries(EDITED.map((field) => [field, assistant[field]])) as unknown as Draft;
  const schedules = assistant.schedules.map(({ lastEvent: _, nextEvent: __, ...schedule }) => schedule);
  return { ...edited, schedules };
}

/** Of what an assistant hears every event when it has no subscription. */
export function whatItHears({ connections }: Pick<Draft, 'connections'>): string {
  return connections === undefined || connections.length === 0 ? 'its project' : 'its connections';
}

export function stepsOf({ options }: Draft): readonly DraftStep[] {
  return options?.pipeline?.steps ?? [];
}

export function withSteps(draft: Draft, steps: readonly DraftStep[]): Draft {
  return { ...draft, options: { ...draft.options, pipeline: { ...draft.options?.pipeline, steps: [...steps] } } };
}
