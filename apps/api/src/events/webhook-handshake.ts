import { type Response, Router } from 'express';

/**
 * Tells event sources that ask first that they may deliver here, as often as they like: what they deliver needs a key.
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/http-webhook.md#4-abuse-protection
 */
export function webhookHandshake(path: string): Router {
  const router = Router();
  router.options(path, (request, response: Response, next) => {
    const origin = request.get('webhook-request-origin');
    if (origin === undefined) return next();
    response.set({ allow: 'POST', 'webhook-allowed-origin': origin, 'webhook-allowed-rate': '*' }).status(200).end();
  });
  return router;
}
