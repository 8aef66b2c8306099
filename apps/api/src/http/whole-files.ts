import type { RequestHandler } from 'express';

/**
 * Files that ship with Gantry are given whole, whatever else a request asks for, as HTTP allows: what serves them takes a
 * range outside of one, and a condition that does not hold, for errors.
 */
export const wholeFiles: RequestHandler = (request, _response, next) => {
  for (const name of ['range', 'if-match', 'if-unmodified-since']) delete request.headers[name];
  next();
};
