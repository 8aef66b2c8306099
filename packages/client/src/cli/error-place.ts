/** Frames of libraries and of what calls a module: none of these is where its author looks. */
const NOT_OF_THE_AUTHOR = /(?:^|[\\/])node_modules[\\/]|^node:|(?:^|[\\/])packages[\\/](?:module-sdk|runners)[\\/]/;
const SHOWN = 3;

/** Where in the code of its module a step failed, a line a frame; none of what has a code of its own, or is not known. */
export function placesOf(code: string | undefined, stackTrace: readonly object[] | undefined): string[] {
  if (code !== 'MODULE_FAILED') return [];
  return (stackTrace ?? []).flatMap(placeOf).slice(0, SHOWN);
}

function placeOf(frame: { function?: unknown; file?: unknown; line?: unknown; column?: unknown }): string[] {
  const { function: name, file, line, column } = frame;
  if (typeof file !== 'string' || NOT_OF_THE_AUTHOR.test(file)) return [];
  return [`  at ${typeof name === 'string' ? name : '<anonymous>'} (${file}:${line}:${column})`];
}
