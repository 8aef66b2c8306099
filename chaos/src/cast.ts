import type { GantryClient } from '@gantry/client/gantry-client';
import { eventTypeOf, SCENARIOS, type Scenario, type ScenarioName, scenarioNames } from './scenarios.ts';

/** The project, and who plays which scenario, by assistant id. */
export interface Cast {
  projectId: string;
  scenarios: ReadonlyMap<string, ScenarioName>;
}

const MODULES = ['chaos/effect', 'chaos/emitter', 'chaos/poison'];

/** Makes an assistant for each scenario. @param marks the file in which their steps leave marks */
export async function makeCast(client: GantryClient, marks: string): Promise<Cast> {
  const { id: projectId } = await client.projects.create({ name: 'Chaos' });
  for (const ref of MODULES) await client.modules.create({ ref: `module://${ref}` });
  const scenarios = new Map<string, ScenarioName>();
  for (const name of scenarioNames) {
    const { steps, assistant }: Scenario = SCENARIOS[name];
    const { id } = await client.assistants.create(projectId, {
      name,
      subscription: eventTypeOf(name),
      options: { pipeline: { steps: steps(marks) } },
      ...assistant,
    });
    scenarios.set(id, name);
  }
  return { projectId, scenarios };
}

/** No more ticks: what is left to do comes to an end. */
export async function stopTicking(client: GantryClient, { scenarios }: Cast): Promise<void> {
  for (const [id, name] of scenarios) if (name === 'ticking') await client.assistants.deactivate(id);
}
