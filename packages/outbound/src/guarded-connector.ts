import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import { type AllowList, mayConnect } from './address-rules.ts';
import { OutboundError } from './outbound-error.ts';

/**
 * Connects only to addresses that may be connected to. A name is resolved once: the addresses that were checked are the
 * ones that are tried, so a name that resolves differently the next time gains nothing.
 */
export function guardedConnector(allowed: AllowList, lookup: LookupFunction): buildConnector.connector {
  const connect = buildConnector({
    allowH2: false,
    lookup: (host, options, done) => {
      lookup(host, { ...options, all: true }, (error, found) => {
        if (error) return done(error, '');
        const permitted = listed(found).filter(({ address }) => mayConnect(allowed, host, address));
        const [first] = permitted;
        if (first === undefined) return done(addressForbidden(host), '');
        return options.all ? done(null, permitted) : done(null, first.address, first.family);
      });
    },
  });
  return (options, done) => {
    // An address is not looked up.
    const host = options.hostname;
    if (isIP(host) && !mayConnect(allowed, host, host)) return done(addressForbidden(host), null);
    return connect(options, done);
  };
}

function listed(found: Parameters<Parameters<LookupFunction>[2]>[1]): { address: string; family: number }[] {
  return typeof found === 'string' ? [{ address: found, family: isIP(found) }] : found;
}

// What a name of an inner network resolves to is nobody's business outside.
function addressForbidden(host: string): OutboundError {
  return new OutboundError('OUTBOUND_ADDRESS_FORBIDDEN', `${host}: has no address that requests may go to`);
}
