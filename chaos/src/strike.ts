import { setTimeout as delay } from 'node:timers/promises';
import type { Dice } from './dice.ts';
import type { Ledger } from './ledger.ts';
import type { Stage } from './stage.ts';
import type { StatusWatch } from './status-watch.ts';

/** What a fault is given to work with. */
export interface Strike {
  stage: Stage;
  dice: Dice;
  ledger: Ledger;
  statuses: StatusWatch;
  /** Lets the fault last so many seconds, somewhere between the two. */
  last(leastSeconds: number, mostSeconds: number): Promise<void>;
}

/** @param pace 1: as long as the table says; less: shorter */
export function lasting(dice: Dice, pace: number): Strike['last'] {
  return (least, most) => delay(dice.between(least, most) * pace * 1_000);
}
