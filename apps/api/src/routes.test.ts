import { expect, test } from 'vitest';
import { z } from 'zod';
import { ROUTES } from './routes.ts';

test('every route can be described: its schemas have a JSON Schema', () => {
  for (const route of ROUTES) {
    const name = `${route.method} ${route.path}`;
    const inputs = [route.params, route.query, route.body].filter((schema) => schema !== undefined);
    for (const schema of inputs) expect(() => z.toJSONSchema(schema, { io: 'input' }), name).not.toThrow();
    for (const schema of Object.values(route.answers)) {
      if (schema.type !== 'undefined') expect(() => z.toJSONSchema(schema), name).not.toThrow();
    }
    expect(route.summary, name).toMatch(/^[A-Z]/);
  }
});

test('every path with a parameter checks it, and no two routes are the same', () => {
  const names = ROUTES.map(({ method, path }) => `${method} ${path}`);
  expect(new Set(names).size).toBe(names.length);
  expect(ROUTES.filter(({ path, params }) => /[:*]/.test(path) !== (params !== undefined))).toEqual([]);
});
