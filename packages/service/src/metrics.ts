import { collectDefaultMetrics, Registry } from 'prom-client';

/** A registry with the process's own metrics; every metric carries the name of its app. */
export function createRegistry(app: string): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ app });
  collectDefaultMetrics({ register: registry });
  return registry;
}
