import type { Order } from './order.tsx';

/** Where the list of executions stands: the address is the view. */
export interface ExecutionsSearch {
  filter?: string;
  /** Undefined: newest first. */
  sort?: Order | undefined;
  cursor?: string;
}

let lastView: ExecutionsSearch = {};

/** Where the list of executions stood last, so that whoever comes back from one of them finds it as it was. */
export function rememberView(search: ExecutionsSearch): void {
  lastView = search;
}

export function rememberedView(): ExecutionsSearch {
  return lastView;
}
