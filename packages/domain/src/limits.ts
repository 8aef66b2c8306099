const KIB = 1024;

/** What bounds every input, job and fact. Bytes of UTF-8 JSON unless it says otherwise. */
export const LIMITS = {
  eventBytes: 256 * KIB,
  pipelineBytes: 256 * KIB,
  moduleBytes: 128 * KIB,
  /** A larger output of a step goes to the content store and travels by reference. */
  inlineOutputBytes: 64 * KIB,
  /** What an endpoint says later of a step; it is kept in Redis until a worker takes it. */
  callBackBytes: 256 * KIB,
  /** What is kept of the log of one attempt: its head and its tail, and a line that says how much is missing. */
  logEntriesPerAttempt: 1_000,
  logBytesPerAttempt: 1_024 * KIB,
  eventsPerRequest: 1_000,
  /** Executions that wait for the planner in one job, and the length of their contexts and steps in all. */
  executionsPerJob: 100,
  jobCharacters: 512 * KIB,
  emittedEventsPerStep: 100,
  emittedBytesPerStep: 1_024 * KIB,
  /** How far a step came, for its next attempt; it is kept in Redis while the step is not over. */
  checkpointBytes: 32 * KIB,
  /** What a module writes beyond these is kept, but not listed. */
  writtenContentsPerStep: 100,
  /** Labels that a step adds to its document family and removes from it, in all. */
  labelChangesPerStep: 100,
  /** The newest are kept, and of those that steps derived from them the newest too. */
  contentObjectsPerFamily: 1_000,
  derivedObjectsPerFamily: 200,
  /** A chain of causes (an execution's event triggers the next one) is cut here. */
  causeDepth: 16,
  /** Parts of a trace that a module may add to one attempt of a step. */
  spansPerStep: 200,
} as const;
