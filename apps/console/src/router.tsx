import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { readAddress } from './address.ts';
import { readOrder } from './executions/order.tsx';
import type { ExecutionsSearch } from './executions/view.ts';
import { BrokenPage } from './shell/broken-page.tsx';
import { NoPage } from './shell/no-page.tsx';
import { Shell } from './shell/shell.tsx';

const rootRoute = createRootRoute({ component: Shell });

const overviewRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  validateSearch: readAddress,
  component: lazyRouteComponent(() => import('./overview/overview-page.tsx'), 'OverviewPage'),
});

const executionsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/executions',
  validateSearch: ({ filter, sort, cursor }: Record<string, unknown>): ExecutionsSearch => ({
    ...(typeof filter === 'string' && filter !== '' ? { filter } : {}),
    sort: readOrder(sort),
    ...(typeof cursor === 'string' && cursor !== '' ? { cursor } : {}),
  }),
  component: lazyRouteComponent(() => import('./executions/executions-page.tsx'), 'ExecutionsPage'),
});

const executionRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/executions/$id',
  validateSearch: ({ step }: Record<string, unknown>): { step?: number } =>
    typeof step === 'number' && Number.isInteger(step) && step >= 0 ? { step } : {},
  component: lazyRouteComponent(() => import('./execution/execution-page.tsx'), 'ExecutionPage'),
});

const documentsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/documents',
  validateSearch: readAddress,
  component: lazyRouteComponent(() => import('./documents/documents-page.tsx'), 'DocumentsPage'),
});

const documentRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/documents/$id',
  component: lazyRouteComponent(() => import('./documents/document-page.tsx'), 'DocumentPage'),
});

const assistantsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/assistants',
  component: lazyRouteComponent(() => import('./assistants/assistants-page.tsx'), 'AssistantsPage'),
});

const assistantRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/assistants/$id',
  component: lazyRouteComponent(() => import('./assistants/assistant-page.tsx'), 'AssistantPage'),
});

const modulesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/modules',
  validateSearch: readAddress,
  component: lazyRouteComponent(() => import('./modules/modules-page.tsx'), 'ModulesPage'),
});

const runtimesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/runtimes',
  component: lazyRouteComponent(() => import('./operations/runtimes-page.tsx'), 'RuntimesPage'),
});

const bulkRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/bulk',
  validateSearch: ({ operation }: Record<string, unknown>): { operation?: string } =>
    typeof operation === 'string' ? { operation } : {},
  component: lazyRouteComponent(() => import('./operations/bulk-page.tsx'), 'BulkPage'),
});

const keysRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/keys',
  component: lazyRouteComponent(() => import('./operations/keys-page.tsx'), 'KeysPage'),
});

const alertsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/alerts',
  component: lazyRouteComponent(() => import('./alerts/alerts-page.tsx'), 'AlertsPage'),
});

const webhooksRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/webhooks',
  component: lazyRouteComponent(() => import('./webhooks/webhooks-page.tsx'), 'WebhooksPage'),
});

const webhookRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/webhooks/$id',
  component: lazyRouteComponent(() => import('./webhooks/webhook-page.tsx'), 'WebhookPage'),
});

const auditRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/audit',
  validateSearch: readAddress,
  component: lazyRouteComponent(() => import('./audit/audit-page.tsx'), 'AuditPage'),
});

const routeTree = rootRoute.addChildren([
  overviewRoute,
  executionsRoute,
  executionRoute,
  documentsRoute,
  documentRoute,
  assistantsRoute,
  assistantRoute,
  modulesRoute,
  runtimesRoute,
  bulkRoute,
  alertsRoute,
  webhooksRoute,
  webhookRoute,
  keysRoute,
  auditRoute,
]);

export const router = createRouter({
  routeTree,
  defaultPreload: 'intent',
  scrollRestoration: true,
  defaultNotFoundComponent: NoPage,
  defaultErrorComponent: BrokenPage,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
