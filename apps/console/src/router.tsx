import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { Shell } from './shell/shell.tsx';

const rootRoute = createRootRoute({ component: Shell });

const overviewRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  component: lazyRouteComponent(() => import('./overview/overview-page.tsx'), 'OverviewPage'),
});

/** Where the list of executions stands: the address is the view. */
export interface ExecutionsSearch {
  filter?: string;
  cursor?: string;
}

const executionsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/executions',
  validateSearch: ({ filter, cursor }: Record<string, unknown>): ExecutionsSearch => ({
    ...(typeof filter === 'string' && filter !== '' ? { filter } : {}),
    ...(typeof cursor === 'string' && cursor !== '' ? { cursor } : {}),
  }),
  component: lazyRouteComponent(() => import('./executions/executions-page.tsx'), 'ExecutionsPage'),
});

const executionRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/executions/$id',
  component: lazyRouteComponent(() => import('./execution/execution-page.tsx'), 'ExecutionPage'),
});

const routeTree = rootRoute.addChildren([overviewRoute, executionsRoute, executionRoute]);

export const router = createRouter({ routeTree, defaultPreload: 'intent', scrollRestoration: true });

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
