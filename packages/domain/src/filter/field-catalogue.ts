import { excerpt } from './excerpt.ts';
import { FilterError } from './filter-error.ts';
import type { FieldPath } from './filter-node.ts';

/** What the values of a field are, which decides the literals and operators that fit it. */
export type FieldType =
  | { readonly kind: 'text' | 'uuid' | 'number' | 'boolean' | 'date' | 'json' }
  /** A status: named by its upper-case word or its number. */
  | { readonly kind: 'words'; readonly words: Readonly<Record<string, number>> };

export type FieldKind = FieldType['kind'];

/** The fields of one list by their names on the wire. A JSON field is spelled with a path: `context.invoice.total`. */
export type FieldCatalogue = Readonly<Record<string, FieldType>>;

/**
 * @param offset 0-based, where `word` begins
 * @throws FilterError FILTER_FIELD_UNKNOWN, naming the field
 */
export function findField(
  catalogue: FieldCatalogue,
  word: string,
  offset: number,
): { readonly path: FieldPath; readonly type: FieldType } {
  const whole = ownField(catalogue, word);
  if (whole && whole.kind !== 'json') return { path: { name: word, keys: [] }, type: whole };

  const [name = '', ...keys] = word.split('.');
  const root = ownField(catalogue, name);
  if (root?.kind === 'json' && keys.length > 0 && !keys.includes('')) return { path: { name, keys }, type: root };

  const expected = root?.kind === 'json' ? `${name}.<key>` : `one of ${spellings(catalogue).join(', ')}`;
  throw new FilterError('FILTER_FIELD_UNKNOWN', offset, expected, `the unknown field ${excerpt(word)}`);
}

/** A client may send `constructor`: only the catalogue's own fields are fields. */
function ownField(catalogue: FieldCatalogue, name: string): FieldType | undefined {
  return Object.hasOwn(catalogue, name) ? catalogue[name] : undefined;
}

function spellings(catalogue: FieldCatalogue): string[] {
  return Object.entries(catalogue).map(([name, type]) => (type.kind === 'json' ? `${name}.<key>` : name));
}
