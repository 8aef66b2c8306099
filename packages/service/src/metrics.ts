import {
  LABEL_VALUES_KEPT,
  METRIC_CATALOGUE,
  type MetricApp,
  type MetricDefinition,
  type MetricLabels,
  type MetricName,
} from '@gantry/contracts/metric-catalogue';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { measureEventLoopDelay, NEVER_MS, OTHER_DELAYS } from './event-loop-delay.ts';
import { LabelValues } from './label-values.ts';

/** Names of Node's own metrics that break the conventions of Prometheus; their sums are in others. */
const UNCONVENTIONAL = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** A scrape does not wait longer for what is read for it. */
const READ_PATIENCE_MS = 2_000;

type Labels = Readonly<Record<string, string | number>>;

/** What an app tells of its work: the metrics of the catalogue that are its own, and the process's. */
export class Metrics<App extends MetricApp> {
  readonly #registry = new Registry();
  readonly #metrics = new Map<string, Counter | Gauge | Histogram>();
  /** By metric and label. */
  readonly #labels = new Map<string, Map<string, LabelValues>>();
  readonly #reads: (() => Promise<void>)[] = [];

  constructor(app: App) {
    this.#registry.setDefaultLabels({ app });
    collectDefaultMetrics({ register: this.#registry, eventLoopMonitoringPrecision: NEVER_MS });
    for (const name of [...UNCONVENTIONAL, ...OTHER_DELAYS]) this.#registry.removeSingleMetric(name);
    measureEventLoopDelay(this.#registry);
    for (const [name, definition] of Object.entries<MetricDefinition>(METRIC_CATALOGUE)) {
      if (definition.apps.includes(app)) this.#metrics.set(name, this.#register(name, definition));
    }
  }

  count<Name extends MetricName<App, 'counter'>>(name: Name, labels: MetricLabels<Name>, by = 1): void {
    this.#of(name, Counter).inc(this.#bounded(name, labels), by);
  }

  /** Of one observation, in the unit of the name. */
  observe<Name extends MetricName<App, 'histogram'>>(name: Name, labels: MetricLabels<Name>, value: number): void {
    this.#of(name, Histogram).observe(this.#bounded(name, labels), value);
  }

  /** Gives a gauge these values and no others: what is there no more is told no more. */
  set<Name extends MetricName<App, 'gauge'>>(
    name: Name,
    values: readonly (readonly [MetricLabels<Name>, number])[],
  ): void {
    const gauge = this.#of(name, Gauge);
    gauge.reset();
    for (const [labels, value] of values) gauge.set(this.#bounded(name, labels), value);
  }

  /** Reads what is told as it is at the moment of a scrape. If that fails, its gauges keep their last values. */
  beforeScrape(read: () => Promise<void>): void {
    this.#reads.push(read);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Never rejects for what is read: a server being away must not take the other metrics along. */
  async scrape(): Promise<string> {
    const patience = new Promise<void>((resolve) => setTimeout(resolve, READ_PATIENCE_MS).unref());
    await Promise.race([Promise.allSettled(this.#reads.map((read) => read())), patience]);
    return this.#registry.metrics();
  }

  #register(name: string, { type, help, labels, buckets = [] }: MetricDefinition): Counter | Gauge | Histogram {
    const options = { name, help, labelNames: Object.keys(labels), registers: [this.#registry] };
    switch (type) {
      case 'counter':
        return new Counter(options);
      case 'gauge':
        return new Gauge(options);
      case 'histogram':
        return new Histogram({ ...options, buckets: [...buckets] });
    }
  }

  #of<Metric extends Counter | Gauge | Histogram>(name: string, kind: new (...args: never[]) => Metric): Metric {
    const metric = this.#metrics.get(name);
    if (!(metric instanceof kind)) throw new TypeError(`${name} is no ${kind.name} of this app`);
    return metric;
  }

  /** As they are where there is room for each value, which there nearly always is. */
  #bounded(name: string, labels: Labels): Labels {
    let bounded: Record<string, string | number> | undefined;
    for (const label in labels) {
      const value = String(labels[label]);
      const kept = this.#valuesOf(name, label).keep(value);
      if (kept !== value) bounded = { ...(bounded ?? labels), [label]: kept };
    }
    return bounded ?? labels;
  }

  #valuesOf(name: string, label: string): LabelValues {
    const known = this.#labels.get(name)?.get(label);
    if (known !== undefined) return known;
    const values = new LabelValues(LABEL_VALUES_KEPT);
    this.#labels.set(name, (this.#labels.get(name) ?? new Map<string, LabelValues>()).set(label, values));
    return values;
  }
}
