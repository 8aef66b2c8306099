import type { RequestHandler } from 'express';

/** What every answer says to browsers: it is in nobody's frame, and of the type that it says. Pages say more. */
export const pageHeaders: RequestHandler = (_request, response, next) => {
  response.setHeader('x-frame-options', 'DENY');
  response.setHeader('content-security-policy', "frame-ancestors 'none'");
  response.setHeader('x-content-type-options', 'nosniff');
  next();
};
