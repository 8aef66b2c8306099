import type { Execution } from '@gantry/contracts/http/execution';
import type { GantryClient } from '../gantry-client.ts';
import { GantryError } from '../gantry-error.ts';
import { UsageError } from './exit-code.ts';

/** Names of the assistants of executions, by id: none, if the key may not read them. */
export async function assistantNames(
  client: GantryClient,
  executions: readonly Pick<Execution, 'assistantId'>[],
): Promise<Map<string, string>> {
  const ids = [...new Set(executions.flatMap(({ assistantId }) => assistantId ?? []))];
  if (ids.length === 0) return new Map();
  try {
    const filter = `id in (${ids.map((id) => `'${id}'`).join(', ')})`;
    const { content } = await client.assistants.list({ filter, pageSize: ids.length });
    return new Map(content.map(({ id, name }) => [id, name]));
  } catch (error) {
    if (error instanceof GantryError && error.status === 403) return new Map();
    throw error;
  }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The id of a project that is given by its id or its slug.
 * @throws GantryError PROJECT_NOT_FOUND
 */
export async function projectId(client: GantryClient, idOrSlug: string): Promise<string> {
  if (UUID.test(idOrSlug)) return idOrSlug;
  const { content } = await client.projects.list({ filter: `slug eq '${idOrSlug.replaceAll("'", "''")}'` });
  const [project] = content;
  if (project === undefined) {
    throw new GantryError('PROJECT_NOT_FOUND', `There is no project ${idOrSlug}.`, { status: 404 });
  }
  return project.id;
}

/**
 * The id of an assistant that is given by its id or its slug.
 * @throws GantryError ASSISTANT_NOT_FOUND, or UsageError where several projects have one of that slug
 */
export async function assistantId(client: GantryClient, idOrSlug: string, project?: string): Promise<string> {
  if (UUID.test(idOrSlug)) return idOrSlug;
  const filter = [`slug eq '${idOrSlug.replaceAll("'", "''")}'`];
  if (project !== undefined) filter.push(`projectId eq '${await projectId(client, project)}'`);
  const [assistant, another] = (await client.assistants.list({ filter })).content;
  if (assistant === undefined) {
    throw new GantryError('ASSISTANT_NOT_FOUND', `There is no assistant ${idOrSlug}.`, { status: 404 });
  }
  if (another !== undefined) throw new UsageError(`several projects have an assistant ${idOrSlug}: give --project.`);
  return assistant.id;
}
