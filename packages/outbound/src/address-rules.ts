import ipaddr from 'ipaddr.js';
import { isHostPattern, matchesHost } from './host-pattern.ts';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Where requests may go besides the public Internet. */
export interface AllowList {
  hosts: string[];
  networks: [Address, number][];
}

/**
 * Names (`intranet`, `*.corp.example`), addresses and CIDR blocks (`10.1.0.0/16`, `fd00::/8`).
 * @throws RangeError that says which entry is none of these
 */
export function parseAllowList(entries: readonly string[]): AllowList {
  const allowed: AllowList = { hosts: [], networks: [] };
  for (const entry of entries) {
    if (ipaddr.isValidCIDR(entry)) allowed.networks.push(ipaddr.parseCIDR(entry));
    else if (ipaddr.isValid(entry))
      allowed.networks.push(ipaddr.parseCIDR(`${entry}/${entry.includes(':') ? 128 : 32}`));
    else if (isHostPattern(entry)) allowed.hosts.push(entry);
    else throw new RangeError(`${entry} is no host name, address or CIDR block`);
  }
  return allowed;
}

/** The entries of an allow list, for whoever reads it again. */
export function writeAllowList({ hosts, networks }: AllowList): string[] {
  return [...hosts, ...networks.map(([network, bits]) => `${network}/${bits}`)];
}

/** Whether a connection to `address`, which `host` was resolved to, may be made. */
export function mayConnect(allowed: AllowList, host: string, address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const meant = embeddedAddress(ipaddr.parse(address));
  if (isPublic(meant) || matchesHost(allowed.hosts, host)) return true;
  return allowed.networks.some(([network, bits]) => network.kind() === meant.kind() && meant.match(network, bits));
}

const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/** What the registries give to nobody in particular. For IPv6 it begins with 2 or 3; there too some is set apart. */
function isPublic(address: Address): boolean {
  if (address.range() !== 'unicast') return false;
  return address.kind() === 'ipv4' || address.match(GLOBAL_UNICAST);
}

const NAT64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96');

/** The IPv4 address that an IPv6 address stands for, where the machine or its NAT64 gateway connects to that. */
function embeddedAddress(address: Address): Address {
  if (!(address instanceof ipaddr.IPv6)) return address;
  const embeds = address.isIPv4MappedAddress() || address.match(NAT64);
  return embeds ? ipaddr.fromByteArray(address.toByteArray().slice(12)) : address;
}
