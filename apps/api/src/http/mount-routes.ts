import { Router } from 'express';
import type { ApiDeps } from '../api-deps.ts';
import { ApiError } from './api-error.ts';
import type { Route } from './route.ts';
import { sendProblem, serveRoute } from './serve-route.ts';

/** Express routes for a table of routes; a path that is there for other methods only answers 405. */
export function mountRoutes(routes: readonly Route[], deps: ApiDeps): Router {
  const router = Router();
  for (const [path, atPath] of Map.groupBy(routes, (route) => route.path)) {
    const mounted = router.route(path);
    for (const route of atPath) {
      mounted[route.method]((request, response) => serveRoute(route, deps, request, response));
    }
    const allow = atPath.map(({ method }) => method.toUpperCase()).join(', ');
    mounted.all((request, response) => {
      const error = new ApiError('METHOD_NOT_ALLOWED', `${request.method} is not possible here.`, {
        headers: { allow },
      });
      sendProblem(error, deps, request, response);
    });
  }
  return router;
}
