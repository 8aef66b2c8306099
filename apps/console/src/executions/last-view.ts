import type { ExecutionsSearch } from '../router.tsx';

let lastView: ExecutionsSearch = {};

/** Where the list of executions stood last, so that whoever comes back from one of them finds it as it was. */
export function rememberView(search: ExecutionsSearch): void {
  lastView = search;
}

export function rememberedView(): ExecutionsSearch {
  return lastView;
}
