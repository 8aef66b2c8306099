import type { Json } from '../json.ts';
import type { Budget } from './budget.ts';
import { type Callables, containsKeys } from './callables.ts';
import type { Dialect } from './dialect.ts';
import { EvaluationError } from './expression-error.ts';
import { contains, describe } from './operators.ts';
import { fitsPath } from './path-pattern.ts';

const UNLIMITED = Number.POSITIVE_INFINITY;

const functions: Callables = {
  /** Has one of the labels. */
  hasLabel: {
    about: 'labels',
    min: 1,
    max: UNLIMITED,
    call: (labels, names, budget) => names.some((name) => contains(labels, name, budget)),
  },
  /** Has all of the mixins. */
  hasMixins: {
    about: 'mixins',
    min: 1,
    max: UNLIMITED,
    ofEach: true,
    call: (mixins, names, budget) => names.every((name) => contains(mixins, name, budget)),
  },
  /** The path ends in one of the extensions, in any case, written with or without their dot. */
  hasExtensions: {
    about: 'path',
    min: 1,
    max: UNLIMITED,
    call: (path, args, budget) => someText(path, args, hasExtension, budget),
  },
  matchesPath: {
    about: 'path',
    min: 1,
    max: UNLIMITED,
    call: (path, args, budget) => someText(path, args, fitsPath, budget),
  },
  /** The metadata has all of the keys. */
  containsKey: { about: 'metadata', ...containsKeys },
};

/** What the subscription of an assistant speaks of: the event, and the document family as the event left it. */
export const SUBSCRIPTION_DIALECT: Dialect = {
  names: ['type', 'eventType', 'status', 'contentType', 'path', 'storeId', 'channelId', 'labels', 'mixins', 'metadata'],
  unknownNames: 'refused',
  functions,
  bareKeysOf: 'metadata',
};

function someText(
  path: Json,
  texts: readonly Json[],
  fits: (text: string, path: string, budget: Budget) => boolean,
  budget: Budget,
): boolean {
  return texts.some((text) => {
    if (typeof text !== 'string') throw new EvaluationError(`expected a text, found ${describe(text)}`);
    return typeof path === 'string' && fits(text, path, budget);
  });
}

function hasExtension(extension: string, path: string, budget: Budget): boolean {
  budget.chargeText(path.length + extension.length);
  return path.toLowerCase().endsWith(`.${extension.toLowerCase().replace(/^\./, '')}`);
}
