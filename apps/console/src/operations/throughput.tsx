import { useQuery } from '@tanstack/react-query';
import { api } from '../api.ts';
import { moduleKey, useModules } from '../modules/option-field.ts';

const HOUR_MS = 3_600_000;
const REFRESH_MS = 5_000;

/** How far back the rate looks, once the page has been open for that long. */
const LOOKED_BACK_MS = 60_000;

/** How many steps each module had run, and when that was. */
interface Sample {
  atMs: number;
  fromMs: number;
  runs: ReadonlyMap<string, number>;
}

const KEY = ['throughput'];

/** How many steps of its modules a runtime runs a minute at present. */
export function Throughput({ runtimeRef }: { runtimeRef: string }) {
  const modules = useModules();
  const { data } = useQuery({
    queryKey: KEY,
    queryFn: async ({ signal, client }) => {
      const { from, modules: durations } = await api.rollups.durations({
        from: new Date(Date.now() - HOUR_MS).toISOString(),
        signal,
      });
      const runs = new Map(durations.map((module) => [moduleKey(module.ref), module.runs]));
      const now: Sample = { atMs: Date.now(), fromMs: Date.parse(from), runs };
      // What was counted since another hour cannot be compared.
      const samples = client.getQueryData<readonly Sample[]>(KEY) ?? [];
      const kept = samples.filter(({ atMs, fromMs }) => fromMs === now.fromMs && now.atMs - atMs <= LOOKED_BACK_MS);
      return [...kept, now];
    },
    refetchInterval: REFRESH_MS,
  });
  const [first, last] = [data?.[0], data?.at(-1)];
  if (first === undefined || last === undefined || first === last) return '–';
  const isServed = (key: string) => modules.get(key)?.metadata.moduleRuntimeRef === runtimeRef;
  const ran = [...last.runs]
    .filter(([key]) => isServed(key))
    .reduce((sum, [key, runs]) => sum + runs - (first.runs.get(key) ?? 0), 0);
  const rate = ran / ((last.atMs - first.atMs) / 60_000);
  return Math.max(rate, 0).toLocaleString(undefined, { maximumFractionDigits: rate < 10 ? 1 : 0 });
}
