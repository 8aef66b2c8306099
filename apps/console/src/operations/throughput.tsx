import { useQuery } from '@tanstack/react-query';
import { api } from '../api.ts';
import { moduleKey, useModules } from '../modules/option-field.ts';

const HOUR_MS = 3_600_000;
const REFRESH_MS = 15_000;

/** How many steps of its modules a runtime has run a minute, since the hour before this one began. */
export function Throughput({ runtimeRef }: { runtimeRef: string }) {
  const modules = useModules();
  const { data } = useQuery({
    queryKey: ['throughput'],
    queryFn: ({ signal }) => api.rollups.durations({ from: new Date(Date.now() - HOUR_MS).toISOString(), signal }),
    refetchInterval: REFRESH_MS,
  });
  if (data === undefined) return '–';
  const runs = data.modules
    .filter(({ ref }) => modules.get(moduleKey(ref))?.metadata.moduleRuntimeRef === runtimeRef)
    .reduce((sum, module) => sum + module.runs, 0);
  const minutes = (Date.now() - Date.parse(data.from)) / 60_000;
  const rate = runs / minutes;
  return rate.toLocaleString(undefined, { maximumFractionDigits: rate < 10 ? 1 : 0 });
}
