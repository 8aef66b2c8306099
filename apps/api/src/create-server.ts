import type { CallBacks } from '@gantry/dispatch/call-backs';
import { type HealthOptions, healthRouter } from '@gantry/service/health';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import type { ApiDeps } from './api-deps.ts';
import { callBackRouter } from './call-backs/call-back-router.ts';
import { consoleRouter } from './console/console-router.ts';
import { postEvents } from './events/post-events.ts';
import { webhookHandshake } from './events/webhook-handshake.ts';
import { homeRouter } from './home-page.ts';
import { ApiError } from './http/api-error.ts';
import { mountRoutes } from './http/mount-routes.ts';
import { pageHeaders } from './http/page-headers.ts';
import type { Route } from './http/route.ts';
import { sendProblem } from './http/serve-route.ts';
import { wholeFiles } from './http/whole-files.ts';
import { referenceRouter } from './openapi/reference-router.ts';
import { BOARD_PATH, boardGuard } from './queues/board-access.ts';
import { workerSecretsRouter } from './secrets/worker-secrets-router.ts';
import { sessionRouter } from './sessions/session-router.ts';
import type { SignInLinks } from './sessions/sign-in-links.ts';

export interface ServerParts {
  deps: ApiDeps;
  routes: readonly Route[];
  health: HealthOptions;
  /** Bull Board, for whoever may look at it. */
  board: RequestHandler;
  links: SignInLinks;
  callBacks: Pick<CallBacks, 'answer'>;
  /** What workers prove themselves with. */
  workerToken: string | undefined;
  /** How many proxies are in front, or their addresses: what they say of the client's address is believed. */
  trustedProxies: number | string[];
  /** Folder of the console's build. */
  consoleDir: string;
}

/** The HTTP API; it does not listen. */
export function createServer(parts: ServerParts): Express {
  const { deps, routes, health, board, links, callBacks, workerToken, consoleDir, trustedProxies } = parts;
  const access = {
    keys: deps.keys,
    refuse: (error: unknown, request: express.Request, response: express.Response) =>
      sendProblem(error, deps, request, response),
  };
  const onError: ErrorRequestHandler = (error, request, response, _next) => sendProblem(error, deps, request, response);
  return express()
    .disable('x-powered-by')
    .disable('etag')
    .set('trust proxy', trustedProxies)
    .use(pageHeaders)
    .use(webhookHandshake(postEvents.path))
    .use(mountRoutes(routes, deps))
    .use(wholeFiles)
    .use(referenceRouter(routes))
    .use(healthRouter(health))
    .use(sessionRouter({ ...access, links }))
    .use(callBackRouter({ callBacks, refuse: access.refuse }))
    .use(workerSecretsRouter({ deps, workerToken, refuse: access.refuse }))
    .use(BOARD_PATH, boardGuard(access), board)
    .use(consoleRouter(consoleDir))
    .use(homeRouter())
    .use((request, response) => {
      sendProblem(new ApiError('NOT_FOUND', `There is nothing at ${request.path}.`), deps, request, response);
    })
    .use(onError);
}
