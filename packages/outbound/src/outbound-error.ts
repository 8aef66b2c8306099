/** Why a request that Gantry sends out got no answer. The codes are stable. */
export type OutboundErrorCode =
  /** Not an http or https address, or one with a password in it; or a header that cannot be sent. */
  | 'OUTBOUND_REQUEST_INVALID'
  /** The host is not among those that the request may go to. */
  | 'OUTBOUND_HOST_FORBIDDEN'
  /** The host has no address that may be connected to: private, loopback, link-local and the like. */
  | 'OUTBOUND_ADDRESS_FORBIDDEN'
  /** Too many of them, from https to http, or of a body that was a stream. */
  | 'OUTBOUND_REDIRECT_FORBIDDEN'
  | 'OUTBOUND_TIMED_OUT'
  | 'OUTBOUND_RESPONSE_TOO_LARGE'
  /** No such name, nothing listens there, the connection broke. */
  | 'OUTBOUND_UNREACHABLE';

export class OutboundError extends Error {
  override readonly name = 'OutboundError';
  readonly code: OutboundErrorCode;

  constructor(code: OutboundErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
