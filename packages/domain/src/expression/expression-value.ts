import type { Json } from '../json.ts';

/** JSON inside the evaluator. Everything has this one type there, so that its operators are ours and no others apply. */
export class ExpressionValue {
  readonly json: Json;

  constructor(json: Json) {
    this.json = json;
  }
}
