import type { Callables } from './callables.ts';

/** What an expression of one kind may speak of. */
export interface Dialect {
  readonly names: readonly string[];
  /** Any other name is None, or a mistake to be refused. */
  readonly unknownNames: 'None' | 'refused';
  /** Besides the ones every expression has. */
  readonly functions: Callables;
  /** The dict that `['key']` reads at the beginning of a comparison. */
  readonly bareKeysOf?: string;
}
