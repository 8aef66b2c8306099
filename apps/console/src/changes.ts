import type { ExecutionChange } from '@gantry/contracts/http/execution-change';
import { useEffect, useEffectEvent } from 'react';
import { api } from './api.ts';

const GATHER_MS = 400;

const PAUSE_MS = 3_000;

/**
 * Tells of changes of executions as they happen, some at a time. `reset`: some may have been missed.
 */
export function useChanges(onChanges: (changes: readonly ExecutionChange[], reset: boolean) => void): void {
  const tell = useEffectEvent(onChanges);
  useEffect(() => {
    const stop = new AbortController();
    let gathered: ExecutionChange[] = [];
    let reset = false;
    const timer = setInterval(() => {
      if (gathered.length === 0 && !reset) return;
      tell(gathered, reset);
      gathered = [];
      reset = false;
    }, GATHER_MS);
    const listen = async () => {
      while (!stop.signal.aborted) {
        try {
          for await (const change of api.executions.watchAll({ signal: stop.signal })) {
            if (change === 'reset') reset = true;
            else gathered.push(change);
          }
        } catch {
          if (stop.signal.aborted) return;
          await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
          reset = true;
        }
      }
    };
    void listen();
    return () => {
      stop.abort();
      clearInterval(timer);
    };
  }, []);
}
