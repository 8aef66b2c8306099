interface Tag {
  name: string;
  description: string;
  paths: RegExp;
}

/** The parts of the reference, in its order. A path belongs to the first that fits. */
export const TAGS: readonly Tag[] = [
  { name: 'Events', description: 'What happened, told by producers.', paths: /^\/api\/events/ },
  {
    name: 'Executions',
    description: 'Runs of pipelines: follow, cancel and repeat them.',
    paths: /^\/api\/(recent-)?executions/,
  },
  { name: 'Assistants', description: 'What reacts to events.', paths: /\/assistants/ },
  { name: 'Projects', description: 'What assistants and stores belong to.', paths: /^\/api\/projects/ },
  {
    name: 'Documents',
    description: 'Document families, and running assistants on them again.',
    paths: /famil|reprocess/,
  },
  { name: 'Stores', description: 'Where documents are kept.', paths: /^\/api\/stores/ },
  { name: 'Modules', description: 'What steps of pipelines refer to, and where it runs.', paths: /^\/api\/module/ },
  {
    name: 'Alerts',
    description: 'What is watched, and where events are told: docs/alerts.md.',
    paths: /^\/api\/(alerts|webhooks)/,
  },
  { name: 'Operations', description: 'Keys, organizations and the state of the system.', paths: /^\/api\// },
];

export function tagOf(path: string): string {
  const tag = TAGS.find(({ paths }) => paths.test(path));
  if (tag === undefined) throw new Error(`no part of the reference is for ${path}`);
  return tag.name;
}
