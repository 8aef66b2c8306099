/** What a process needs files for besides connections from outside: Postgres, Redis, contents, its log. */
const SHARE_OF_CONNECTIONS = 0.6;

/** How many connections from outside a process may have at once, by the open files that the system allows it. */
export function connectionLimit(): number {
  const report = process.report.getReport() as { userLimits?: { open_files?: { soft?: number | string } } };
  const files = Number(report.userLimits?.open_files?.soft);
  return Number.isFinite(files) ? Math.floor(files * SHARE_OF_CONNECTIONS) : Number.POSITIVE_INFINITY;
}
