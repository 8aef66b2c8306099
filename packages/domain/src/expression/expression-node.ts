import type { Json } from '../json.ts';
import type { Callable } from './callables.ts';
import type { Arithmetic } from './operators.ts';

/** An expression as a tree. Its names are those of its dialect; what is unknown there is the value None. */
export type ExpressionNode =
  | { readonly kind: 'value'; readonly value: Json }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'list'; readonly items: readonly ExpressionNode[] }
  | { readonly kind: 'read'; readonly from: ExpressionNode; readonly key: ExpressionNode }
  | CallNode
  | { readonly kind: 'not' | 'negative'; readonly term: ExpressionNode }
  /** They stop at the term that decides, which is their value. */
  | { readonly kind: 'and' | 'or'; readonly terms: readonly ExpressionNode[] }
  | BinaryNode;

/** `subject` is the value before the dot, or what the function is about. */
export interface CallNode {
  readonly kind: 'call';
  readonly callable: Callable;
  readonly subject: ExpressionNode;
  readonly args: readonly ExpressionNode[];
}

export interface BinaryNode {
  readonly kind: 'binary';
  readonly operator: BinaryOperator;
  readonly left: ExpressionNode;
  readonly right: ExpressionNode;
}

export type BinaryOperator = Comparison | Arithmetic;
/** `is`, `is not` and `not in` are spelled with these and `not`. */
export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in';
