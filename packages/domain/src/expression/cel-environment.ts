import { Environment } from '@marcbachmann/cel-js';
import type { Json } from '../json.ts';
import type { Budget } from './budget.ts';
import { FUNCTIONS, METHODS } from './callables.ts';
import type { Dialect } from './dialect.ts';
import { ExpressionValue as Value } from './expression-value.ts';
import { add, arithmetic, contains, equal, order, read, truthy } from './operators.ts';

/**
 * The CEL environment that translated expressions are evaluated in: one type of value with Python's operators.
 * The evaluator's own limits stand above those of the translation, which refuses earlier and says where.
 */
export function celEnvironment(dialect: Dialect, budget: Budget): Environment {
  const environment = new Environment({ limits: { maxDepth: 2_000, maxAstNodes: 20_000, maxListElements: 1_000 } });
  environment.registerType('Value', Value);
  for (const name of dialect.names) environment.registerVariable(`n_${name}`, 'Value');
  addLiterals(environment);
  addLogic(environment);
  addOperators(environment, budget);
  for (const [name, { call }] of Object.entries({ ...METHODS, ...FUNCTIONS, ...dialect.functions })) {
    const handler = (subject: Value, args: Value[]) => new Value(call(subject.json, args.map(jsonOf), budget));
    environment.registerFunction(`Value.f_${name}(list<Value>): Value`, handler, SYNC);
  }
  return environment;
}

const SYNC = { async: false };

function addLiterals(environment: Environment): void {
  const make = (json: Json) => new Value(json);
  for (const type of ['string', 'double', 'bool', 'null'])
    environment.registerFunction(`v(${type}): Value`, make, SYNC);
  environment.registerFunction('v(list<Value>): Value', (items: Value[]) => new Value(items.map(jsonOf)), SYNC);
  environment.registerFunction('v(map): Value', () => new Value({}), SYNC);
}

function addOperators(environment: Environment, budget: Budget): void {
  const ordered = (holds: (sign: number) => boolean) => (a: Value, b: Value) => holds(order(a.json, b.json, budget));
  environment
    .registerOperator('Value == Value', (a: Value, b: Value) => equal(a.json, b.json, budget))
    .registerOperator(
      'Value < Value',
      ordered((sign) => sign < 0),
    )
    .registerOperator(
      'Value <= Value',
      ordered((sign) => sign <= 0),
    )
    .registerOperator(
      'Value > Value',
      ordered((sign) => sign > 0),
    )
    .registerOperator(
      'Value >= Value',
      ordered((sign) => sign >= 0),
    )
    .registerOperator('Value in Value', (a: Value, b: Value) => contains(b.json, a.json, budget))
    .registerOperator('Value + Value', (a: Value, b: Value) => new Value(add(a.json, b.json, budget)))
    .registerOperator('-Value', (a: Value) => new Value(arithmetic('-', 0, a.json, budget)))
    .registerOperator('!Value', (a: Value) => new Value(!truthy(a.json)));
  for (const operator of ['-', '*', '/', '%'] as const) {
    const handler = (a: Value, b: Value) => new Value(arithmetic(operator, a.json, b.json, budget));
    environment.registerOperator(`Value ${operator} Value`, handler);
  }
  const at = (value: Value, key: Value) => new Value(read(value.json, key.json, budget));
  environment.registerFunction('Value.at(Value): Value', at, SYNC);
}

/** The parts of the evaluator's macro interface that are used here. */
interface MacroCall<Node> {
  readonly args: readonly [{ readonly args: readonly Node[] }];
}
interface Checker<Node> {
  check(node: Node, context: unknown): unknown;
  getType(name: string): unknown;
}
interface Evaluator<Node> {
  run(node: Node, context: unknown): Value;
}

/** `allOf([...])` and `anyOf([...])`: Python's `and` and `or`, which stop early and give back the deciding value. */
function addLogic<Node>(environment: Environment): void {
  const logic = (decides: (value: Value) => boolean) => (call: MacroCall<Node>) => ({
    async: false,
    typeCheck(checker: Checker<Node>, _: unknown, context: unknown) {
      for (const node of call.args[0].args) checker.check(node, context);
      return checker.getType('Value');
    },
    evaluate(evaluator: Evaluator<Node>, _: unknown, context: unknown): Value {
      let value = new Value(null);
      for (const node of call.args[0].args) {
        value = evaluator.run(node, context);
        if (decides(value)) break;
      }
      return value;
    },
  });
  environment.registerFunction(
    'allOf(ast): Value',
    logic((value) => !truthy(value.json)),
  );
  environment.registerFunction(
    'anyOf(ast): Value',
    logic((value) => truthy(value.json)),
  );
}

function jsonOf(value: Value): Json {
  return value.json;
}
