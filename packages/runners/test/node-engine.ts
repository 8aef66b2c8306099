import type { ModuleMetadataOf } from '@gantry/contracts/module-definition';
import { NodeRunner, type NodeRunnerOptions } from '../src/node-runner.ts';
import { type RunLimits, StepEngine, type StepEngineOptions } from '../src/step-engine.ts';
import type { StepRequest, StepResult } from '../src/step-result.ts';

export const NODE: ModuleMetadataOf<'node'> = { kind: 'node', moduleRuntimeRef: 'gantry/default', options: [] };

export type NodeEngineOptions = Omit<NodeRunnerOptions, 'maxIdle'> & Omit<StepEngineOptions, 'runners'>;

/** An engine that runs `node` modules, and nothing else. */
export interface NodeEngine {
  run(request: StepRequest, limits?: RunLimits, fresh?: boolean): Promise<StepResult>;
  close(): Promise<void>;
}

export async function startNodeEngine(options: NodeEngineOptions): Promise<NodeEngine> {
  const node = new NodeRunner({ ...options, maxIdle: options.slots });
  const engine = new StepEngine({ ...options, runners: { node } });
  await engine.start();
  return {
    run: (request, limits, fresh = false) => engine.run({ module: NODE, request, fresh }, limits),
    close: () => engine.close(),
  };
}
