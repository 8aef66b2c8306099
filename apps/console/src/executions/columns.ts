import { useLocalStorage } from '@mantine/hooks';

/** The columns that can be hidden, in their order. */
export const COLUMNS = ['Assistant', 'Steps', 'Priority', 'Created', 'Took'] as const;
type Column = (typeof COLUMNS)[number];

const AT_FIRST: readonly Column[] = ['Assistant', 'Steps', 'Created', 'Took'];

export interface ShownColumns {
  shows: (column: Column) => boolean;
  toggle: (column: Column) => void;
}

/** Which columns this browser shows. */
export function useColumns(): ShownColumns {
  const [shown, setShown] = useLocalStorage<readonly Column[]>({ key: 'gantry.columns', defaultValue: AT_FIRST });
  return {
    shows: (column) => shown.includes(column),
    toggle: (column) =>
      setShown(COLUMNS.filter((each) => (each === column ? !shown.includes(each) : shown.includes(each)))),
  };
}
