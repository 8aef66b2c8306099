import type { FieldType } from '@gantry/domain/filter/field-catalogue';
import type { FilterTest } from '@gantry/domain/filter/filter-node';
import type { RawBuilder } from 'kysely';

/** A field of a list: what it is on the wire and where it is in the record. */
export type Field = FieldType & {
  /** The column, or an expression of one; never holds a client's text. */
  readonly sql: RawBuilder<unknown>;
  /** Sorting then says where nulls go, which a column that has none would pay with its index. */
  readonly nullable?: true;
  /** The index to sort by it holds the rows without a value too, in the order of ids. */
  readonly nullsIndexed?: true;
  /** For a field with many values a row: whether some value passes a test of `sql`, which `node` compiled to. Never null. */
  readonly some?: (test: RawBuilder<boolean>, node: FilterTest) => RawBuilder<boolean>;
  /** Many rows share a value: before that of ids they come in the order of this field, as an index has them. */
  readonly thenBy?: string;
  /** What is asked instead of a test, which `node` compiled to: the same rows pass, and an index serves it. Undefined for other tests. */
  readonly indexed?: (node: FilterTest, test: RawBuilder<boolean>) => RawBuilder<boolean> | undefined;
  /** The same of its having no value. */
  readonly absent?: RawBuilder<boolean>;
  /** A text that a producer may give and that is a uuid as a rule: its index of texts holds only the others. */
  readonly mostlyUuids?: true;
  /** A longer text that contains the field's, and has an index of texts. */
  readonly within?: RawBuilder<unknown>;
  /** What is asked instead of a search of those others, and finds the same rows by an index. */
  readonly searched?: (test: RawBuilder<boolean>) => RawBuilder<boolean>;
};

/** The fields of one list by their names on the wire: its filter catalogue, and what can be sorted by. */
export type FieldTable = Readonly<Record<string, Field>>;

/** The names of the fields with one value a row that has an order. */
export function sortableFields(fields: FieldTable): string[] {
  return Object.keys(fields).filter((name) => fields[name]?.kind !== 'json' && !fields[name]?.some);
}
