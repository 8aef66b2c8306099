import { LABEL_VALUES_KEPT, METRIC_CATALOGUE, type MetricDefinition } from '@gantry/contracts/metric-catalogue';

/** docs/metrics.md. */
export function metricsPage(): string {
  const rows = Object.entries<MetricDefinition>(METRIC_CATALOGUE).map(([name, { apps, type, help, labels }]) => {
    const told = Object.entries(labels).map(([label, meaning]) => `\`${label}\`: ${meaning}`);
    return `| \`${name}\` | ${type} | ${apps.join(', ')} | ${help} | ${told.join('<br>')} |`;
  });
  return `# Metrics

<!-- Written by \`npm run docs\` from packages/contracts/src/metric-catalogue.ts. -->

Each app serves these at \`/metrics\` in the format of Prometheus, without a key: the api at \`PORT\`, scheduler and worker at
\`HEALTH_PORT\`. All carry the label \`app\`. Units are those of the names: seconds, or a count of what is named. A label has
${LABEL_VALUES_KEPT} values at most in one process; what comes after them counts as \`other\`.

What the whole system has (runtimes, journal, admission, schedules, bulk operations) is read by the scheduler that leads, at
each scrape; on those that stand by it is 0, or missing. So ask for \`max(...)\`, or \`max by (runtime) (...)\`.

| metric | type | app | meaning | labels |
|---|---|---|---|---|
${rows.join('\n')}

Each app also has the process's own as prom-client collects them, \`process_*\` and \`nodejs_*\`: CPU, memory, handles, garbage
collection, and how late the event loop comes to what is due (\`nodejs_eventloop_lag_p50_seconds\`, \`_p99_\`, \`_max_\`), since the last scrape.

docs/operations.md says which of them to watch; \`deploy/prometheus\` and \`deploy/grafana\` have rules and a dashboard made of them.
`;
}
