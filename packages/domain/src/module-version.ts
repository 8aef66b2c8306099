/**
 * The version that a step gets which names none: the highest, by the numbers in it; one with a dash (`2.0.0-rc.1`) only where
 * there is no other.
 */
export function latestVersion<Version extends { version: string }>(versions: readonly Version[]): Version | undefined {
  return versions.toSorted((one, other) => compareVersions(other.version, one.version))[0];
}

function compareVersions(one: string, other: string): number {
  const [a, b] = [partsOf(one), partsOf(other)];
  if (a.early !== b.early) return a.early ? -1 : 1;
  for (let place = 0; place < Math.max(a.parts.length, b.parts.length); place++) {
    const difference = compareParts(a.parts[place], b.parts[place]);
    if (difference !== 0) return difference;
  }
  return one < other ? -1 : Number(one > other);
}

function partsOf(version: string): { parts: string[]; early: boolean } {
  const [text = ''] = version.split('+', 1);
  return { parts: text.replace(/^v(?=\d)/, '').split(/[.-]/), early: text.includes('-') };
}

/** Numbers by their size, and before words; what ends first comes first. */
function compareParts(one: string | undefined, other: string | undefined): number {
  if (one === undefined || other === undefined) return Number(one !== undefined) - Number(other !== undefined);
  const [a, b] = [numberIn(one), numberIn(other)];
  if (a !== null && b !== null) return Math.sign(a - b);
  if (a !== null || b !== null) return a === null ? 1 : -1;
  return one < other ? -1 : Number(one > other);
}

function numberIn(text: string): number | null {
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}
