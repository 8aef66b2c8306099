import { findLocalGantry } from '@gantry/client/cli/local-gantry';
import { GantryClient } from '@gantry/client/gantry-client';
import type { Assistant, AssistantInput } from '@gantry/contracts/http/assistant';
import type { Execution } from '@gantry/contracts/http/execution';
import { dataDir } from './env.ts';

/** The Gantry that `npm start` runs here, as the samples use it: what they make is in one project. */
export class SampleGantry {
  readonly client: GantryClient;
  readonly apiKey: string;
  readonly projectId: string;

  constructor(client: GantryClient, apiKey: string, projectId: string) {
    this.client = client;
    this.apiKey = apiKey;
    this.projectId = projectId;
  }

  static async open(): Promise<SampleGantry> {
    const { url, apiKey } = await findLocalGantry(import.meta.dirname, dataDir);
    if (url === undefined || apiKey === undefined) throw new Error('No Gantry runs here: npm start');
    const client = new GantryClient({ url, apiKey });
    const [found] = (await client.projects.list({ filter: "slug eq 'sample'" })).content;
    const { id } = found ?? (await client.projects.create({ name: 'Sample', slug: 'sample' }));
    return new SampleGantry(client, apiKey, id);
  }

  /** The ref of a store of the project, which is made at the first time. */
  async store(slug: string): Promise<string> {
    const [found] = (await this.client.stores.list({ filter: `orgSlug eq 'local' and slug eq '${slug}'` })).content;
    const { projectId } = this;
    return (found ?? (await this.client.stores.create({ name: slug, orgSlug: 'local', slug, projectId }))).storeRef;
  }

  async apply(assistant: AssistantInput): Promise<Assistant> {
    return (await this.client.assistants.apply(this.projectId, assistant)).item;
  }

  /** What an assistant makes of a document that is uploaded now. */
  async upload(store: string, document: Blob, path: string, { id: assistantId }: Assistant): Promise<Execution> {
    const { id } = await this.client.stores.upload(store, document, { fileName: path, path: `${Date.now()}-${path}` });
    const filter = `documentFamilyId eq '${id}' and assistantId eq '${assistantId}'`;
    const [execution] = (await this.client.executions.list({ filter })).content;
    if (execution === undefined) throw new Error(`no assistant heard of document ${id}`);
    return this.finished(execution);
  }

  /** Prints what the last step gave. @throws Error when the execution does not succeed */
  async finished({ id }: Pick<Execution, 'id'>): Promise<Execution> {
    const execution = await this.client.executions.waitFor(id, { outputs: true });
    const { status, pipeline } = execution;
    if (status !== 'SUCCEEDED') {
      const error = pipeline.steps.findLast(({ exceptionDetails }) => exceptionDetails)?.exceptionDetails;
      throw new Error(`execution ${id} is ${status}: ${error?.errorType} ${error?.message}`);
    }
    console.log(JSON.stringify(pipeline.steps.at(-1)?.output, null, 2));
    return execution;
  }
}
