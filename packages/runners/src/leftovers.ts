import { readdirSync } from 'node:fs';
import type { Worker } from 'node:worker_threads';

/** So many more open files than before the first step: something is not closed. */
const MAX_MORE_FILES = 32;

/** Kept from before any module ran: what a module has replaced cannot tell that it was replaced. */
const { getOwnPropertyDescriptor, ownKeys } = Reflect;
const { is, isExtensible } = Object;

const anIterator: object = Object.getPrototypeOf([].values());

/** What all code of a process shares: a module that changes it changes it for the next one as well. */
const SHARED: readonly object[] = [
  ...[
    ...[Object, Function, Array, String, Number, Boolean, Symbol, BigInt, Promise, Map, Set, WeakMap, WeakSet, RegExp],
    ...[Date, Error, TypeError, RangeError, ArrayBuffer, Uint8Array, Buffer, URL, URLSearchParams, AbortController],
    ...[AbortSignal, EventTarget, TextEncoder, TextDecoder],
  ].flatMap((type) => [type, type.prototype]),
  ...[JSON, Math, Reflect, Intl, Atomics, console, anIterator, Object.getPrototypeOf(anIterator)],
];

const LAZY = Symbol('a value that is made when it is first asked for');

interface Shape {
  object: object;
  keys: PropertyKey[];
  values: unknown[];
  extensible: boolean;
}

/** Tells what a step leaves behind that the next one would meet. Made before the first step. */
export class Leftovers {
  readonly #threads = new Set<Worker>();
  readonly #awake = countByName(process.getActiveResourcesInfo());
  #shapes = SHARED.map(shapeOf);
  #globals = globalValues();
  readonly #environment = environment();
  readonly #folder = process.cwd();
  readonly #files = openFiles();

  constructor() {
    process.on('worker', (thread) => {
      this.#threads.add(thread);
      thread.once('exit', () => this.#threads.delete(thread));
    });
  }

  /** From now on, what all code shares is to be as it is now. */
  acceptChanges(): void {
    this.#shapes = SHARED.map(shapeOf);
    this.#globals = globalValues();
  }

  /** Globals that are not known yet may stay: libraries keep there what all their copies share, as zod its registry. */
  acceptNewGlobals(): void {
    if (this.#changedShape() !== undefined) return;
    for (const [name, value] of globalValues()) if (!this.#globals.has(name)) this.#globals.set(name, value);
  }

  /**
   * What is still going on: timers, sockets, child processes, threads.
   * @param waits whether the process itself is about to do something at the end of this turn
   */
  awake(waits = false): string[] {
    const found = this.#threads.size > 0 ? ['a worker thread'] : [];
    for (const [name, count] of countByName(process.getActiveResourcesInfo())) {
      const own = waits && name === 'Immediate' ? 1 : 0;
      if (count > (this.#awake.get(name) ?? 0) + own) found.push(`an active ${name}`);
    }
    return found;
  }

  /** What is not as it was. Until all that is shared is known to be as it was, it uses nothing of it. */
  changed(): string[] {
    const shape = this.#changedShape();
    if (shape !== undefined) return [`a changed ${nameOf(shape.object)}`];
    const found = changedGlobals(this.#globals);
    if (environment() !== this.#environment) found.push('a changed environment');
    if (process.cwd() !== this.#folder) found.push('another working folder');
    if (openFiles() > this.#files + MAX_MORE_FILES) found.push('open files');
    return found;
  }

  #changedShape(): Shape | undefined {
    for (let index = 0; index < this.#shapes.length; index++) {
      const shape = this.#shapes[index];
      if (shape !== undefined && !unchanged(shape)) return shape;
    }
    return undefined;
  }
}

function countByName(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

function shapeOf(object: object): Shape {
  const keys = Reflect.ownKeys(object);
  const values = keys.map((key) => heldAt(object, key));
  return { object, keys, values, extensible: Object.isExtensible(object) };
}

function unchanged({ object, keys, values, extensible }: Shape): boolean {
  if (ownKeys(object).length !== keys.length || isExtensible(object) !== extensible) return false;
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index];
    if (key === undefined || !is(heldAt(object, key), values[index])) return false;
  }
  return true;
}

/** Node fills in many globals when they are first used, so only those are compared that were there. */
function globalValues(): Map<PropertyKey, unknown> {
  const values = new Map<PropertyKey, unknown>();
  for (const key of Object.getOwnPropertyNames(globalThis)) {
    const property = Object.getOwnPropertyDescriptor(globalThis, key);
    values.set(key, property?.get === undefined ? property?.value : LAZY);
  }
  return values;
}

function changedGlobals(before: Map<PropertyKey, unknown>): string[] {
  const now = globalValues();
  const names = new Set([...before.keys(), ...now.keys()]);
  const changed = [...names].filter((name) => {
    if (!before.has(name) || !now.has(name)) return true;
    return before.get(name) !== LAZY && !Object.is(before.get(name), now.get(name));
  });
  return changed.map((name) => `a changed global ${String(name)}`);
}

/** An accessor is told by its getter: reading it could run code. */
function heldAt(object: object, key: PropertyKey): unknown {
  const property = getOwnPropertyDescriptor(object, key);
  return property?.get ?? property?.value;
}

function nameOf(object: object): string {
  if (typeof object === 'function') return object.name;
  const type = heldAt(object, 'constructor');
  return typeof type === 'function' ? `${type.name}.prototype` : 'built-in object';
}

/** As the modules of this process see it: they may have changed it. */
function environment(): string {
  // biome-ignore lint/style/noProcessEnv: it is compared, not read.
  return JSON.stringify(process.env);
}

/** 0 where the system does not tell. */
function openFiles(): number {
  try {
    return readdirSync('/dev/fd').length;
  } catch {
    return 0;
  }
}
