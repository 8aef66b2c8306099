import type { Json } from '../json.ts';
import type { Budget } from './budget.ts';
import { EvaluationError } from './expression-error.ts';
import { contains, describe, isNumeric, keysOf, read } from './operators.ts';

/** A function or a method. `subject` is the value before the dot; a function's is the name it is about, or None. */
export interface Callable {
  readonly min: number;
  readonly max: number;
  /** The name a function is about: `hasLabel('x')` looks at `labels`. */
  readonly about?: string;
  /** Whether it must hold of each argument: with the name it is about among them it never would. */
  readonly ofEach?: boolean;
  readonly call: (subject: Json, args: readonly Json[], budget: Budget) => Json;
}

export type Callables = Readonly<Record<string, Callable>>;

const UNLIMITED = Number.POSITIVE_INFINITY;

export const containsKeys: Callable = {
  min: 1,
  max: UNLIMITED,
  ofEach: true,
  call: (dict, keys, budget) => keys.every((key) => isDictOrNone(dict) && contains(dict, key, budget)),
};

/** What every value can be asked, in Python's spelling and in Java's. */
export const METHODS: Callables = {
  get: {
    min: 1,
    max: 2,
    call: (dict, [key = null, otherwise = null], budget) =>
      isDictOrNone(dict) && contains(dict, key, budget) ? read(dict, key, budget) : otherwise,
  },
  containsKey: containsKeys,
  ...spelled(
    ['lower', 'toLowerCase'],
    ofText(0, (text) => text.toLowerCase()),
  ),
  ...spelled(
    ['upper', 'toUpperCase'],
    ofText(0, (text) => text.toUpperCase()),
  ),
  ...spelled(
    ['strip', 'trim'],
    ofText(0, (text) => text.trim()),
  ),
  ...spelled(
    ['startswith', 'startsWith'],
    ofText(1, (text, part) => text.startsWith(part)),
  ),
  ...spelled(
    ['endswith', 'endsWith'],
    ofText(1, (text, part) => text.endsWith(part)),
  ),
  contains: { min: 1, max: 1, call: (container, [item = null], budget) => contains(container, item, budget) },
};

/** Functions that are about nothing but their argument. */
export const FUNCTIONS: Callables = {
  len: { min: 1, max: 1, call: (_, [value = null], budget) => lengthOf(value, budget) },
  str: { min: 1, max: 1, call: (_, [value = null]) => textOf(value) },
  int: { min: 1, max: 1, call: (_, [value = null]) => Math.trunc(numberOf(value, /^[+-]?\d{1,300}$/, 'int')) },
  float: {
    min: 1,
    max: 1,
    call: (_, [value = null]) =>
      numberOf(value, /^[+-]?(\d{1,300}(\.\d{0,300})?|\.\d{1,300})(e[+-]?\d{1,3})?$/i, 'float'),
  },
};

/** A client may call `constructor`: only the table's own names are there. */
export function findCallable(callables: Callables, name: string): Callable | undefined {
  return Object.hasOwn(callables, name) ? callables[name] : undefined;
}

/** How many arguments it takes, in words. */
export function arityOf({ min, max }: Callable): string {
  const word = (count: number) => (count === 1 ? 'argument' : 'arguments');
  if (max === Number.POSITIVE_INFINITY) return `at least ${min} ${word(min)}`;
  return `${min === max ? min : `${min} to ${max}`} ${word(max)}`;
}

function spelled(names: readonly string[], callable: Callable): Callables {
  return Object.fromEntries(names.map((name) => [name, callable]));
}

function ofText(parts: 0 | 1, call: (text: string, part: string) => Json): Callable {
  return {
    min: parts,
    max: parts,
    call: (text, [part = ''], budget) => {
      if (text === null) return null;
      if (typeof text !== 'string') throw new EvaluationError(`expected a text, found ${describe(text)}`);
      if (typeof part !== 'string') throw new EvaluationError(`expected a text, found ${describe(part)}`);
      budget.chargeText(text.length + part.length);
      return call(text, part);
    },
  };
}

function isDictOrNone(value: Json): boolean {
  if (value === null || (typeof value === 'object' && !Array.isArray(value))) return true;
  throw new EvaluationError(`expected a dict, found ${describe(value)}`);
}

function lengthOf(value: Json, budget: Budget): number {
  if (value === null) return 0;
  if (typeof value === 'string') {
    budget.chargeText(value.length);
    return value.length - (value.match(/[\ud800-\udbff][\udc00-\udfff]/g)?.length ?? 0);
  }
  if (typeof value === 'object') return Array.isArray(value) ? value.length : keysOf(value, budget).length;
  throw new EvaluationError(`${describe(value)} has no length`);
}

function textOf(value: Json): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  if (value === null || typeof value === 'boolean') return describe(value);
  throw new EvaluationError(`str() cannot write ${describe(value)}`);
}

function numberOf(value: Json, pattern: RegExp, name: string): number {
  if (isNumeric(value)) return Number(value);
  const text = typeof value === 'string' ? value.slice(0, 1_000).trim() : '';
  const number = pattern.test(text) ? Number(text) : Number.NaN;
  if (Number.isFinite(number)) return number;
  throw new EvaluationError(
    `${name}() cannot read ${typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : describe(value)}`,
  );
}
