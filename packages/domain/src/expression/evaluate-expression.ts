import type { Json } from '../json.ts';
import type { Budget } from './budget.ts';
import type { BinaryNode, ExpressionNode } from './expression-node.ts';
import { add, arithmetic, contains, equal, order, read, truthy } from './operators.ts';

/** What the names of an expression stand for; one that is missing is None. */
export type Values = Readonly<Record<string, Json>>;

/**
 * The value of a tree that the parser made, which bounds how deep this recurses.
 * @throws EvaluationError when it has none, or costs more than the budget has left
 */
export function evaluate(node: ExpressionNode, values: Values, budget: Budget): Json {
  budget.charge(0);
  switch (node.kind) {
    case 'value':
      return node.value;
    case 'name':
      return values[node.name] ?? null;
    case 'list':
      return node.items.map((item) => evaluate(item, values, budget));
    case 'read':
      return read(evaluate(node.from, values, budget), evaluate(node.key, values, budget), budget);
    case 'call': {
      const subject = evaluate(node.subject, values, budget);
      const args = node.args.map((arg) => evaluate(arg, values, budget));
      return node.callable.call(subject, args, budget);
    }
    case 'not':
      return !truthy(evaluate(node.term, values, budget), budget);
    case 'negative':
      return arithmetic('-', 0, evaluate(node.term, values, budget), budget);
    case 'and':
    case 'or':
      return decide(node.terms, node.kind === 'or', values, budget);
    case 'binary':
      return combine(node, values, budget);
  }
}

/** Python's `and` and `or`: the first term whose truth decides, else the last one. */
function decide(terms: readonly ExpressionNode[], decides: boolean, values: Values, budget: Budget): Json {
  const last = terms.length - 1;
  for (const [index, term] of terms.entries()) {
    const value = evaluate(term, values, budget);
    if (index === last || truthy(value, budget) === decides) return value;
  }
  return null;
}

function combine(node: BinaryNode, values: Values, budget: Budget): Json {
  const left = evaluate(node.left, values, budget);
  const right = evaluate(node.right, values, budget);
  switch (node.operator) {
    case '==':
      return equal(left, right, budget);
    case '!=':
      return !equal(left, right, budget);
    case '<':
      return order(left, right, budget) < 0;
    case '<=':
      return order(left, right, budget) <= 0;
    case '>':
      return order(left, right, budget) > 0;
    case '>=':
      return order(left, right, budget) >= 0;
    case 'in':
      return contains(right, left, budget);
    case '+':
      return add(left, right, budget);
    default:
      return arithmetic(node.operator, left, right, budget);
  }
}
