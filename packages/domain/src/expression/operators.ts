import type { Json, JsonObject } from '../json.ts';
import type { Budget } from './budget.ts';
import { EvaluationError } from './expression-error.ts';
import { EXPRESSION_LIMITS } from './expression-limits.ts';

/** False for None, False, 0, '' and what is empty, as in Python. */
export function truthy(json: Json, budget: Budget): boolean {
  if (json === null || typeof json !== 'object') return Boolean(json);
  return Array.isArray(json) ? json.length > 0 : keysOf(json, budget).length > 0;
}

/** The engine lists every key, even to say how many there are. */
export function keysOf(dict: JsonObject, budget: Budget): string[] {
  const keys = Object.keys(dict);
  budget.charge(keys.length);
  return keys;
}

/** Values of different types differ, but True is 1 and False is 0, as in Python. */
export function equal(a: Json, b: Json, budget: Budget, depth = 0): boolean {
  budget.charge(0);
  if (depth > EXPRESSION_LIMITS.comparedDepth) {
    throw new EvaluationError('the values are nested too deeply for this expression');
  }
  if (isNumeric(a) && isNumeric(b)) return Number(a) === Number(b);
  if (typeof a === 'string' && typeof b === 'string') {
    budget.chargeText(Math.min(a.length, b.length));
    return a === b;
  }
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return a === b;
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item, index) => equal(item, b[index] ?? null, budget, depth + 1))
    );
  }
  const keys = keysOf(a, budget);
  return (
    keys.length === keysOf(b, budget).length &&
    keys.every((key) => Object.hasOwn(b, key) && equal(a[key] ?? null, b[key] ?? null, budget, depth + 1))
  );
}

/** A key is hashed before it is looked up. */
function hasKey(dict: JsonObject, key: string, budget: Budget): boolean {
  budget.chargeText(key.length);
  return Object.hasOwn(dict, key);
}

/** Negative, zero or positive. @throws EvaluationError unless both are numbers or both are texts */
export function order(a: Json, b: Json, budget: Budget): number {
  budget.charge(0);
  if (isNumeric(a) && isNumeric(b)) return Number(a) - Number(b);
  if (typeof a === 'string' && typeof b === 'string') {
    budget.chargeText(Math.min(a.length, b.length));
    return a < b ? -1 : a > b ? 1 : 0;
  }
  throw new EvaluationError(`${describe(a)} and ${describe(b)} have no order`);
}

/** `item in container`: an element of a list, a key of a dict, a part of a text. Nothing is in None. */
export function contains(container: Json, item: Json, budget: Budget): boolean {
  budget.charge(0);
  if (container === null) return false;
  if (Array.isArray(container)) return container.some((element) => equal(element, item, budget));
  if (typeof container === 'object') return typeof item === 'string' && hasKey(container, item, budget);
  if (typeof container !== 'string' || typeof item !== 'string') {
    throw new EvaluationError(`${describe(item)} cannot be in ${describe(container)}`);
  }
  // At worst each place at which it could be is compared up to its end.
  const places = Math.max(container.length - item.length + 1, 0);
  budget.chargeText(container.length + (places * item.length) / 50);
  return container.includes(item);
}

/** Numbers are added, texts and lists joined. */
export function add(a: Json, b: Json, budget: Budget): Json {
  if (typeof a === 'string' && typeof b === 'string') {
    budget.chargeText(a.length + b.length);
    return a + b;
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    budget.charge(a.length + b.length);
    return [...a, ...b];
  }
  return arithmetic('+', a, b, budget);
}

export type Arithmetic = '+' | '-' | '*' | '/' | '%';

const ARITHMETIC: Readonly<Record<Arithmetic, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  /** The result has the sign of the divisor, as in Python. */
  '%': (a, b) => ((a % b) + b) % b,
};

/** @throws EvaluationError for anything but numbers, for a division by zero and a result that is no number */
export function arithmetic(operator: Arithmetic, a: Json, b: Json, budget: Budget): number {
  budget.charge(0);
  if (!isNumeric(a) || !isNumeric(b)) {
    throw new EvaluationError(`${describe(a)} ${operator} ${describe(b)} has no result`);
  }
  if ((operator === '/' || operator === '%') && Number(b) === 0) throw new EvaluationError('division by zero');
  const result = ARITHMETIC[operator](Number(a), Number(b));
  if (!Number.isFinite(result)) throw new EvaluationError('the result is too large for a number');
  return result;
}

/** `value.key` and `value[key]`. What is not there is None, and so is everything of None. */
export function read(value: Json, key: Json, budget: Budget): Json {
  budget.charge(0);
  if (value === null) return null;
  if (typeof value === 'object' && !Array.isArray(value)) {
    return typeof key === 'string' && hasKey(value, key, budget) ? (value[key] ?? null) : null;
  }
  if (typeof value === 'object' || typeof value === 'string') {
    if (typeof key === 'number' && Number.isInteger(key)) return value.at(key) ?? null;
  }
  const field =
    typeof key === 'string' ? `the field ${JSON.stringify(key.slice(0, 40))}` : `an element ${describe(key)}`;
  throw new EvaluationError(`${describe(value)} does not have ${field}`);
}

export function isNumeric(json: Json): json is number | boolean {
  return typeof json === 'number' || typeof json === 'boolean';
}

/** What a value is, in the words of an error. */
export function describe(json: Json): string {
  if (json === null) return 'None';
  if (Array.isArray(json)) return 'a list';
  switch (typeof json) {
    case 'string':
      return 'a text';
    case 'object':
      return 'a dict';
    case 'boolean':
      return json ? 'True' : 'False';
    default:
      return 'a number';
  }
}
