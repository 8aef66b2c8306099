import type { ColumnType, Generated } from 'kysely';

export type Instant = Generated<Date>;

/** Is written through `jsonb()`. */
export type Jsonb<T> = ColumnType<T, T | undefined, T>;

/** Of tables whose rows change. */
export interface Mutable {
  change_sequence: Generated<number>;
  created_at: Instant;
  updated_at: Instant;
}
