import { type ConnectionSource, EVENT_TYPE_PATTERN, eventTypeRow } from './event-type.ts';
import { Budget } from './expression/budget.ts';
import { compileExpression, type Expression } from './expression/compile-expression.ts';
import { Effort } from './expression/effort.ts';
import { checked, type ExpressionCheck } from './expression/expression-check.ts';
import { EvaluationError, ExpressionError } from './expression/expression-error.ts';
import { recall } from './expression/recall.ts';
import { splitTerms, type Terms } from './expression/split-terms.ts';
import { SUBSCRIPTION_DIALECT } from './expression/subscription-dialect.ts';
import type { JsonObject } from './json.ts';

/** The part of an assistant that decides whether it hears an event. */
export interface Listener {
  subscription: string | null;
  connections: readonly { sourceType: ConnectionSource; sourceRef: string; subscription?: string | null | undefined }[];
}

/** The part of an event that subscriptions look at. */
export interface Heard {
  eventType: string;
  /** The ids and refs the event names, by kind of source. */
  refs: Readonly<Partial<Record<ConnectionSource, readonly string[]>>>;
  storeId: string | null;
  channelId: string | null;
  /** Of the document family, else what the event itself says. */
  status: string | null;
  /** Of the content object the event is about, else of the family's newest. */
  contentType: string | null;
  /** The document family as the event left it, where the event speaks of one. */
  documentFamily: { path: string | null; labels: string[]; mixins: string[]; metadata: JsonObject } | null;
}

/**
 * No connections: every event of the project. Else one connection of the event's source must name it and subscribe; an
 * event that comes from no source is heard where the assistant's own subscription speaks of its type.
 * @param effort that all who are asked about this event, and its neighbours, share
 * @throws EffortError when nothing of that is left
 */
export function listensTo(listener: Listener, event: Heard, effort = new Effort()): boolean {
  const own = compile(listener.subscription ?? '');
  effort.spend(effortOfAsking(listener.subscription));
  if (!holds(own, event, effort)) return false;
  if (listener.connections.length === 0) return true;
  return (
    listener.connections.some(({ sourceType, sourceRef, subscription }) => {
      effort.spend(effortOfAsking(subscription));
      return event.refs[sourceType]?.includes(sourceRef) && holds(compile(subscription ?? ''), event, effort);
    }) ||
    (eventTypeRow(event.eventType).source === '*' && speaksOfTypes(own))
  );
}

/** A subscription, or a part of one: whether it holds of an event. */
export interface ExplainedTerm {
  text: string;
  holds: boolean;
  /** What makes it hold: all of the terms that follow one level deeper, or one of them. Null when it has none. */
  joinedBy: 'and' | 'or' | null;
  depth: number;
}

/** Why an assistant hears an event, or does not. */
export interface Hearing {
  /** As `listensTo` says it. */
  hears: boolean;
  /** What the event says of itself, by the names that subscriptions have for it. */
  facts: JsonObject;
  /** The whole, then its terms. */
  subscription: ExplainedTerm[];
  connections: { sourceRef: string; names: boolean; subscription: ExplainedTerm[] }[];
  /** It comes from no source, and the subscription speaks of its type: no connection is needed. */
  heardByType: boolean;
}

/** The same as `listensTo`, with its reasons. @throws EffortError */
export function explainHearing(listener: Listener, event: Heard): Hearing {
  const effort = new Effort();
  const explain = (text: string | null | undefined) => explainTerm((text ?? '').trim(), event, effort);
  return {
    hears: listensTo(listener, event, effort),
    facts: factsOf(event),
    subscription: explain(listener.subscription),
    connections: listener.connections.map(({ sourceType, sourceRef, subscription }) => ({
      sourceRef,
      names: event.refs[sourceType]?.includes(sourceRef) ?? false,
      subscription: explain(subscription),
    })),
    heardByType: eventTypeRow(event.eventType).source === '*' && speaksOfTypes(compile(listener.subscription ?? '')),
  };
}

function explainTerm(text: string, event: Heard, effort: Effort, depth = 0): ExplainedTerm[] {
  const compiled = compile(text);
  const { joinedBy, terms } = termsOf(text, compiled);
  const whole = { text, holds: holds(compiled, event, effort), joinedBy: terms.length > 1 ? joinedBy : null, depth };
  return [whole, ...(terms.length > 1 ? terms.flatMap((term) => explainTerm(term, event, effort, depth + 1)) : [])];
}

function termsOf(text: string, compiled: Subscription): Terms {
  if (compiled instanceof ExpressionError) return { joinedBy: 'and', terms: [] };
  if (!('kind' in compiled)) return splitTerms(text);
  return { joinedBy: 'or', terms: compiled.kind === 'types' ? [...compiled.types] : [] };
}

/** Whether a text may be saved as a subscription: event types, an expression, or blank for every event. */
export function checkSubscription(text: string): ExpressionCheck {
  const check = checked(compile(text));
  // Event types that are misspelled read as names.
  if (check.ok || !/^[\w\s,]*$/.test(text)) return check;
  return {
    ...check,
    message: `${check.message}, or event types separated by commas, such as CONTENT_CREATED,TASK_CREATED`,
  };
}

type Subscription = { kind: 'all' } | { kind: 'types'; types: ReadonlySet<string> } | Expression | ExpressionError;

const compile = recall((text): Subscription => {
  if (text.trim() === '') return { kind: 'all' };
  const types = text.split(',').map((word) => word.trim());
  if (types.every((word) => EVENT_TYPE_PATTERN.test(word))) return { kind: 'types', types: new Set(types) };
  return compileExpression(text, SUBSCRIPTION_DIALECT);
});

function holds(subscription: Subscription, event: Heard, effort: Effort): boolean {
  if (subscription instanceof ExpressionError) return false;
  if ('kind' in subscription) return subscription.kind === 'all' || subscription.types.has(event.eventType);
  const budget = new Budget();
  try {
    return subscription.holds(factsOf(event), budget);
  } catch (error) {
    // No answer is no interest: one assistant's expression must not keep an event from the others.
    if (error instanceof EvaluationError) return false;
    throw error;
  } finally {
    effort.spend(budget.spent);
  }
}

/** Besides its evaluation: its text may have to be read again. */
function effortOfAsking(subscription: string | null | undefined): number {
  return 5 + (subscription?.length ?? 0) / 10;
}

function speaksOfTypes(subscription: Subscription): boolean {
  if (subscription instanceof ExpressionError) return false;
  if ('kind' in subscription) return subscription.kind === 'types';
  return subscription.names.has('type') || subscription.names.has('eventType');
}

function factsOf({ eventType, storeId, channelId, status, contentType, documentFamily }: Heard): JsonObject {
  const { path = null, labels = [], mixins = [], metadata = {} } = documentFamily ?? {};
  return {
    type: familyOf(eventType),
    eventType,
    status,
    contentType,
    path,
    storeId,
    channelId,
    labels,
    mixins,
    metadata,
  };
}

/** The family of an event type: `content`, `document_family`, `channel`, `task`, or a custom type's without its last word. */
function familyOf(eventType: string): string {
  if (eventType.startsWith('CHANNEL_MESSAGE_')) return 'channel';
  return eventType.toLowerCase().replace(/_[a-z0-9]+$/, '');
}
