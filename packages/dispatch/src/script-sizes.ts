/** One script is of so many things, of so much data, at most: nothing else happens in Redis meanwhile. */
const MAX_COUNT = 200;
const MAX_CHARACTERS = 1024 * 1024;

/** @returns for each script what it is of, in order */
export function* inScripts<Thing>(
  things: readonly Thing[],
  charactersOf: (thing: Thing) => number,
): Generator<Thing[]> {
  let some: Thing[] = [];
  let characters = 0;
  for (const thing of things) {
    const more = charactersOf(thing);
    if (some.length === MAX_COUNT || (some.length > 0 && characters + more > MAX_CHARACTERS)) {
      yield some;
      [some, characters] = [[], 0];
    }
    some.push(thing);
    characters += more;
  }
  if (some.length > 0) yield some;
}
