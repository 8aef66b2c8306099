/**
 * A filter as a tree, its literals checked against their fields.
 *
 * Every field stands for a set of values: a scalar has one, or none when it is null or missing; `steps.status` has one
 * per step, `steps.ref` two, as `org/slug` is the same with `module://`. A test holds when some value of the set passes it,
 * and `not` is plain negation, so every filter is true or false of every row. Hence `ne` and `not in` are true of a missing
 * value and all other comparisons are false of it.
 */
export type FilterNode =
  | { readonly kind: 'and' | 'or'; readonly terms: readonly FilterNode[] }
  | { readonly kind: 'not'; readonly term: FilterNode }
  | FilterTest;

/** One comparison of one field. `eq`, `ne`, `not in` and `is null` are spelled with `one-of`, `present` and `not`. */
export type FilterTest = { readonly field: FieldPath } & (
  | { readonly kind: 'present' }
  /** An empty list holds of nothing, as for an id that cannot be one. */
  | { readonly kind: 'one-of'; readonly values: readonly FilterValue[] }
  | { readonly kind: 'order'; readonly operator: OrderOperator; readonly value: FilterValue }
  /** `*` in the pattern stands for any run of characters, everything else for itself, in either case. */
  | { readonly kind: 'like'; readonly pattern: string }
);

export type OrderOperator = '>' | '>=' | '<' | '<=';

/** Dates are ISO 8601 UTC with milliseconds, ids lower case, words of a status their numbers. */
export type FilterValue = string | number | boolean;

export interface FieldPath {
  readonly name: string;
  /** The keys below a JSON field, empty for every other kind. */
  readonly keys: readonly string[];
}
