/** What a step is called: by its name, else by its module. */
export function stepName({ name, ref }: { name?: string | null | undefined; ref: string }): string {
  return name ?? ref.replace(/^module:\/\//, '');
}
