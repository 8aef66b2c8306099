interface Schema<Value> {
  safeParse(value: unknown): { data?: Value | undefined };
}

/** What a text in Redis says; undefined where that is not understood here, as another version of Gantry may have written it. */
export function readJson<Value>(schema: Schema<Value>, text: string): Value | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
