/** What a workload found: a table of rows by name, and what has to be said of it. */
export interface Findings {
  rows: Record<string, Record<string, string | number>>;
  notes?: string[];
}

export interface Bounds {
  /** How often everything is measured; what is said is the median. */
  rounds: number;
  /** About how long one measurement takes. */
  seconds: number;
  /** How many events come at once, for what measures backlogs. */
  backlogs: readonly number[];
  /** How many the record has, for what measures lists. */
  executions: number;
}

/** One of the measurements of npm run bench. */
export interface Workload {
  title: string;
  /** Takes minutes before anything is measured: done when it is asked for by its name alone. */
  onlyByName?: true;
  run: (bounds: Bounds) => Promise<Findings>;
}
