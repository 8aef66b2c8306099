import type { CommitFollower } from '@gantry/dispatch/commit-follower';
import type { WorkerRegistry } from '@gantry/dispatch/worker-registry';
import type { Database } from '@gantry/record/connection/database';
import { asLeader, type Leadership } from '@gantry/record/leader/leadership';
import { registerModules } from '@gantry/record/modules/register-modules';
import type { Logger } from '@gantry/service/logger';
import { periodic } from '@gantry/service/periodic';
import type { Service } from '@gantry/service/service';

interface ModuleRegistrarDeps {
  db: Database;
  leadership: Leadership;
  commits: Pick<CommitFollower, 'follow'>;
  workers: Pick<WorkerRegistry, 'list'>;
  logger: Logger;
}

const EVERY_MS = 2_000;
/** What is reported without a change is noted so often, and what nobody reports any more looked for. */
const NOTED_EVERY_MS = 600_000;

/** Writes down the modules that workers report of their module files. Of two of one name the later worker's counts. */
export function moduleRegistrar({ db, leadership, commits, workers, logger }: ModuleRegistrarDeps): Service {
  let noted = '';
  let notedAt = 0;
  return periodic({
    name: 'module-registrar',
    everyMs: EVERY_MS,
    logger,
    run: async () => {
      const modules = (await workers.list()).flatMap(({ definitions }) => definitions);
      const print = JSON.stringify(modules);
      if (print === noted && performance.now() - notedAt < NOTED_EVERY_MS) return;
      await commits.follow(asLeader(db, leadership, (tx) => registerModules(tx, modules)));
      noted = print;
      notedAt = performance.now();
    },
  });
}
