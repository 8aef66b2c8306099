/** What was promised and did not come true. */
export interface Finding {
  problem: 'lost' | 'stuck' | 'doubled' | 'wrong';
  /** The execution it is about, if it is about one. */
  executionId?: string;
  says: string;
}
