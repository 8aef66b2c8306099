import { useHotkeys } from '@mantine/hooks';

const OVER_THE_PAGE = '[role="dialog"], [role="menu"]';

/** They take letters themselves; a box to tick takes none. */
const TAKES_LETTERS = 'input:not([type="checkbox"]), textarea, select';

/** What Enter does there is its own. */
const TAKES_ENTER = 'a, button, summary, input';

/** Keys of a page: none of them acts behind a dialog or a menu, or in place of what has the focus. */
export function usePageKeys(keys: readonly (readonly [key: string, act: () => void])[]): void {
  useHotkeys(
    keys.map(([key, act]) => [
      key,
      (event) => {
        if (document.querySelector(OVER_THE_PAGE) !== null) return;
        const taken = key === 'Enter' ? `${TAKES_LETTERS}, ${TAKES_ENTER}` : TAKES_LETTERS;
        if (event.target instanceof Element && event.target.closest(taken) !== null) return;
        event.preventDefault();
        act();
      },
      { preventDefault: false },
    ]),
    [],
  );
}
