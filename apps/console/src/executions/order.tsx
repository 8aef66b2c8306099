import { Link } from '@tanstack/react-router';

/** What the list can be ordered by, as the api names it. */
export const SORTED_BY = {
  Status: 'status',
  Priority: 'priority',
  Created: 'createdOn',
  Took: 'processingTime',
} as const;

type Direction = 'asc' | 'desc';

/** Such as `processingTime,desc`: the address says it. */
export type Order = `${(typeof SORTED_BY)[keyof typeof SORTED_BY]},${Direction}`;

export const NEWEST_FIRST: Order = 'createdOn,desc';

const ORDERS = Object.values(SORTED_BY).flatMap((field): Order[] => [`${field},asc`, `${field},desc`]);

/** @returns undefined for what is no order, and for the usual one */
export function readOrder(value: unknown): Order | undefined {
  return ORDERS.find((order) => order === value && order !== NEWEST_FIRST);
}

const SHOWN = { asc: 'ascending', desc: 'descending' } as const;
const ARROWS = { asc: '↑', desc: '↓' } as const;

interface OrderHeadProps {
  name: keyof typeof SORTED_BY;
  order: Order;
  filter: string;
  className?: string;
}

/** The name of a column: orders by it, the largest first, and the other way round when it does already. */
export function OrderHead({ name, order, filter, className }: OrderHeadProps) {
  const [field, standing] = order.split(',');
  const direction: Direction | undefined = field !== SORTED_BY[name] ? undefined : standing === 'asc' ? 'asc' : 'desc';
  const sort = readOrder(`${SORTED_BY[name]},${direction === 'desc' ? 'asc' : 'desc'}`);
  return (
    <th className={className} aria-sort={direction === undefined ? 'none' : SHOWN[direction]}>
      <Link to="/executions" search={{ ...(filter === '' ? {} : { filter }), sort }} className="plain">
        {name} {direction === undefined ? '' : ARROWS[direction]}
      </Link>
    </th>
  );
}
