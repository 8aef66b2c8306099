const PATTERN = /^(\*\.)?[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/;

/** A host's name, or `*.` and a name for every host below it. */
export function isHostPattern(text: string): boolean {
  return text.length <= 253 && PATTERN.test(text.toLowerCase());
}

/** @param host as in a URL; an IPv6 address in its brackets or without */
export function matchesHost(patterns: readonly string[], host: string): boolean {
  const name = bare(host);
  return patterns.some((pattern) =>
    pattern.startsWith('*.') ? name.endsWith(bare(pattern).slice(1)) : name === bare(pattern),
  );
}

function bare(host: string): string {
  return host.toLowerCase().replace(/^\[|\]$|\.$/g, '');
}
