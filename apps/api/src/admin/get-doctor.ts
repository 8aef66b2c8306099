import { doctorSchema } from '@gantry/contracts/http/diagnosis';
import { diagnose, VERDICTS } from '@gantry/domain/diagnosis';
import { lookAtPostgres } from '@gantry/record/diagnosis/look-at-postgres';
import { route } from '../http/route.ts';

export const getDoctor = route({
  method: 'get',
  path: '/api/admin/doctor',
  summary: 'Look at Postgres, Redis, clocks, the leader and everything that waits, and say what to do',
  scopes: ['operator'],
  answers: { 200: doctorSchema },
  async handle(_incoming, { db, redisLook, logger }) {
    const redis = await redisLook.find().catch((error: unknown) => {
      logger.warn({ err: error }, 'the doctor finds no Redis');
      return null;
    });
    const { now, ...postgres } = await lookAtPostgres(db);
    const checks = diagnose({ redis, postgres, apiAheadMs: Date.now() - now.getTime() });
    const worst = Math.max(...checks.map(({ verdict }) => VERDICTS.indexOf(verdict)));
    return { status: 200, body: { verdict: VERDICTS[worst] ?? 'ok', checks } };
  },
});
