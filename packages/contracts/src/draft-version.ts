const DRAFT = '0.0.0-dev.';

/** The version that `gantry module dev` publishes for as long as it runs. @param token tells it from others of the module */
export function draftVersion(token: string): string {
  return DRAFT + token;
}

export function isDraft(version: string): boolean {
  return version.startsWith(DRAFT);
}
