import type { Assistant, AssistantFields, AssistantInput, AssistantRevision } from '@gantry/contracts/http/assistant';
import type { AssistantEvent } from '@gantry/contracts/http/assistant-event';
import type { AssistantTrial, AssistantTrialInput } from '@gantry/contracts/http/assistant-trial';
import type { Execution } from '@gantry/contracts/http/execution';
import type { CallOptions } from '../transport.ts';
import { ReadableCollection } from './collection.ts';

export interface Applied<Item> {
  outcome: 'created' | 'updated';
  item: Item;
}

export class Assistants extends ReadableCollection<Assistant> {
  create(projectId: string, input: AssistantInput, { signal }: CallOptions = {}): Promise<Assistant> {
    return this.transport.json({ method: 'POST', path: this.path, body: { ...input, projectId }, signal });
  }

  /** What is left out stays as it is. With `changeSequence` it is refused if somebody else changed it since. */
  update(id: string, update: AssistantFields, { signal }: CallOptions = {}): Promise<Assistant> {
    return this.transport.json({ method: 'PUT', path: this.pathOf(id), body: update, signal });
  }

  /** Creates the assistant, or updates the one of the project that has its slug (its name, if it has no slug). */
  async apply(projectId: string, input: AssistantInput, { signal }: CallOptions = {}): Promise<Applied<Assistant>> {
    const all = await this.ofProject(projectId, { signal });
    const standing = all.find(({ slug, name }) =>
      input.slug === undefined ? name === input.name : slug === input.slug,
    );
    return standing
      ? { outcome: 'updated', item: await this.update(standing.id, input, { signal }) }
      : { outcome: 'created', item: await this.create(projectId, input, { signal }) };
  }

  ofProject(projectId: string, { signal }: CallOptions = {}): Promise<Assistant[]> {
    return this.transport.json({ path: `/api/projects/${encodeURIComponent(projectId)}/assistants`, signal });
  }

  async delete(id: string, { signal }: CallOptions = {}): Promise<void> {
    await this.transport.json({ method: 'DELETE', path: this.pathOf(id), signal });
  }

  activate(id: string, { signal }: CallOptions = {}): Promise<Assistant> {
    return this.transport.json({ method: 'PUT', path: `${this.pathOf(id)}/activate`, repeatable: true, signal });
  }

  deactivate(id: string, { signal }: CallOptions = {}): Promise<Assistant> {
    return this.transport.json({ method: 'PUT', path: `${this.pathOf(id)}/deactivate`, repeatable: true, signal });
  }

  /** Checks an assistant without saving it: when it would be scheduled, and whether an event would start it. */
  dryRun(input: AssistantTrialInput, { signal }: CallOptions = {}): Promise<AssistantTrial> {
    return this.transport.json({ method: 'POST', path: `${this.path}/dry-run`, body: input, repeatable: true, signal });
  }

  /** The pipelines that it had, newest first. */
  revisions(id: string, { signal }: CallOptions = {}): Promise<AssistantRevision[]> {
    return this.transport.json({ path: `${this.pathOf(id)}/revisions`, signal });
  }

  /** Gives it the pipeline of an earlier revision. */
  restore(id: string, revision: number, { signal }: CallOptions = {}): Promise<Assistant> {
    return this.transport.json({ method: 'PUT', path: `${this.pathOf(id)}/revisions/${revision}/restore`, signal });
  }

  /** Runs it now, as one of its schedules would. */
  schedule(id: string, { signal }: CallOptions = {}): Promise<Execution> {
    return this.transport.json({ method: 'PUT', path: `${this.pathOf(id)}/schedule`, signal });
  }

  /** Sends it an event, whatever it subscribes to. */
  tell(id: string, event: AssistantEvent, { signal }: CallOptions = {}): Promise<Execution> {
    return this.transport.json({ method: 'POST', path: `${this.pathOf(id)}/events`, body: event, signal });
  }

  /** The newest 1,000 of its executions. */
  executions(id: string, { signal }: CallOptions = {}): Promise<Execution[]> {
    return this.transport.json({ path: `${this.pathOf(id)}/executions`, signal });
  }
}
