import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as keda from '@kubernetes-models/keda/keda.sh/v1alpha1';
import * as apps from 'kubernetes-models/apps/v1';
import * as batch from 'kubernetes-models/batch/v1';
import * as networking from 'kubernetes-models/networking.k8s.io/v1';
import * as policy from 'kubernetes-models/policy/v1';
import * as core from 'kubernetes-models/v1';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';

// What the chart makes of its values: checked against Kubernetes' and KEDA's own schemas. The renderings are kept, so that
// they are checked without helm too; where helm is, they are made anew and compared.
const HELM = new URL('../../../deploy/helm/', import.meta.url);

interface Container {
  securityContext: object;
  env: { name: string; value: string }[];
  resources: { requests: object; limits: { memory: string } };
  livenessProbe?: object;
  readinessProbe?: object;
}
interface PodSpec {
  terminationGracePeriodSeconds?: number;
  securityContext: object;
  containers: [Container];
}
interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string };
  spec: {
    replicas?: number;
    template?: { spec: PodSpec };
    selector?: { matchLabels?: object };
    podSelector?: { matchLabels: object };
    scaleTargetRef?: { name: string };
    egress?: { ports: { port: number }[] }[];
  };
}

const KINDS = { ...core, ...apps, ...batch, ...networking, ...policy, ...keda };

const RENDERINGS = [
  { name: 'default', args: [] },
  { name: 'autoscaled', args: ['--values', new URL('autoscaled.values.yaml', HELM).pathname] },
];

describe.each(RENDERINGS)('the chart, $name', ({ name, args }) => {
  const text = readFileSync(new URL(`rendered/${name}.yaml`, HELM), 'utf8');
  const objects: KubernetesObject[] = parseAllDocuments(text).map((document) => document.toJS());
  const ofKind = (kind: string) => objects.filter((object) => object.kind === kind);
  const pods = objects.flatMap(({ kind, metadata, spec }) =>
    spec?.template ? [{ kind, name: metadata.name, ...spec.template.spec }] : [],
  );

  test('each object is valid by its schema', async () => {
    for (const object of objects) {
      const Kind = KINDS[object.kind as keyof typeof KINDS] as unknown as new (data: object) => { validate(): void };
      expect(Kind, object.kind).toBeDefined();
      expect(() => new Kind(object).validate(), `${object.kind} ${object.metadata.name}`).not.toThrow();
    }
  });

  test('no container is root, writes to its file system, or goes without limits; apps have probes', () => {
    expect(pods.length).toBeGreaterThan(3);
    for (const {
      kind,
      securityContext,
      containers: [container],
    } of pods) {
      expect(securityContext).toMatchObject({ runAsNonRoot: true });
      expect(container.securityContext).toMatchObject({
        readOnlyRootFilesystem: true,
        allowPrivilegeEscalation: false,
      });
      expect(container.resources.limits.memory).toBeTruthy();
      if (kind === 'Deployment') expect(container).toMatchObject({ livenessProbe: {}, readinessProbe: {} });
    }
  });

  test('secrets come as files, and workers get no way to Postgres', () => {
    for (const {
      name: pod,
      containers: [{ env }],
    } of pods) {
      const names = env.map((variable) => variable.name);
      expect(names.filter((variable) => /^(DATABASE_URL|REDIS_URL|GANTRY_API_KEY)$/.test(variable))).toEqual([]);
      expect(names.includes('DATABASE_URL_FILE')).toBe(!pod.includes('worker'));
    }
    const ofWorkers = ofKind('NetworkPolicy').filter(({ metadata }) => metadata.name.includes('worker'));
    expect(ofWorkers.length).toBe(ofKind('Deployment').length - 2);
    for (const { spec } of ofWorkers) {
      expect(spec.egress?.flatMap(({ ports }) => ports.map(({ port }) => port))).not.toContain(5432);
    }
  });

  test('a worker is given longer to stop than its steps and the handing back take', () => {
    for (const {
      name: pod,
      terminationGracePeriodSeconds,
      containers: [{ env }],
    } of pods) {
      if (!pod.includes('worker')) continue;
      const grace = Number(env.find((variable) => variable.name === 'WORKER_STOP_GRACE')?.value);
      // An app that does not stop in 25 s ends itself.
      expect(terminationGracePeriodSeconds).toBeGreaterThan(Math.max(grace, 25));
    }
  });

  test('budgets, policies and scalers are about deployments that are there', () => {
    const labels = ofKind('Deployment').map(({ spec }) => spec.selector?.matchLabels);
    for (const { spec } of ofKind('PodDisruptionBudget')) expect(labels).toContainEqual(spec.selector?.matchLabels);
    const deployments = ofKind('Deployment');
    for (const { spec } of ofKind('ScaledObject')) {
      const target = deployments.find(({ metadata }) => metadata.name === spec.scaleTargetRef?.name);
      // Who scales it is KEDA alone: each upgrade would set its replicas otherwise.
      expect(target?.spec).toBeDefined();
      expect(target?.spec.replicas).toBeUndefined();
    }
  });

  test.runIf(spawnSync('helm', ['version']).status === 0)('helm renders what is kept here', () => {
    const chart = new URL('gantry', HELM).pathname;
    const rendered = execFileSync('helm', ['template', 'gantry', chart, '--namespace', 'gantry', ...args], {
      encoding: 'utf8',
    });
    expect(rendered).toBe(text);
  });
});
