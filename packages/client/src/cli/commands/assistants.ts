import type { Assistant, AssistantInput } from '@gantry/contracts/http/assistant';
import type { Command } from 'commander';
import type { GantryClient } from '../../gantry-client.ts';
import type { Applied } from '../../resources/assistants.ts';
import { UsageError } from '../exit-code.ts';
import { addListOptions, type ListFlags, listText } from '../list-options.ts';
import { assistantId, projectId } from '../names.ts';
import { readDefinitions } from '../read-input.ts';
import type { RunCommand } from '../session.ts';
import { textTable } from '../text-table.ts';

/** `gantry assistants ...` */
export function addAssistantCommands(program: Command, run: RunCommand): void {
  const group = program.command('assistants').alias('assistant').description('what reacts to events');
  addListOptions(group.command('list').description('list assistants'))
    .option('-p, --project <id-or-slug>', 'only those of a project')
    .action(
      run<ListFlags & { project?: string }>(async ({ client, print }, _args, { project, ...flags }) => {
        const own = project === undefined ? [] : [`projectId eq '${await projectId(client, project)}'`];
        const page = await client.assistants.list({ ...flags, filter: [...own, ...[flags.filter ?? []].flat()] });
        await print.answer(page, () => listText(page, HEADS, rowOf));
      }),
    );
  for (const { verb, description, deed } of DEEDS) {
    group
      .command(`${verb} <id-or-slug>`)
      .description(description)
      .option('-p, --project <id-or-slug>', 'of an assistant that is given by its slug')
      .action(
        run<{ project?: string }>(async ({ client, print }, [given = ''], { project }) => {
          const id = await assistantId(client, given, project);
          const said = await deed(client, id);
          await print.answer({ id, said }, () => said);
        }),
      );
  }
  group
    .command('apply')
    .description('create assistants from a file, or update those of the same slug (name, without one) in their project')
    .requiredOption('-f, --file <file>', 'YAML or JSON with one or several assistants; - is standard input')
    .option('-p, --project <id-or-slug>', 'for those that name no project (`project` or `projectId`) themselves')
    .action(
      run<{ file: string; project?: string }>(async ({ client, print, stdin }, _args, { file, project }) => {
        const definitions = await readDefinitions(file, stdin);
        const wanted = definitions.map((definition) => ({ definition, project: projectOf(definition) ?? project }));
        // Looked at first, so that nothing is applied of a file that is not right.
        if (wanted.some((each) => each.project === undefined)) {
          throw new UsageError(`${file}: an assistant names no project. Give --project, or \`project\` in the file.`);
        }
        const applied: Applied<Assistant>[] = [];
        for (const each of wanted) applied.push(await apply(client, each.definition, each.project ?? ''));
        await print.answer(
          applied.map(({ item }) => item),
          () => appliedText(applied),
        );
      }),
    );
}

/** Each with what stands in the way of its steps at the moment. */
function appliedText(applied: readonly Applied<Assistant>[]): string {
  const table = textTable(
    ['outcome', ...HEADS],
    applied.map(({ outcome, item }) => [outcome, ...rowOf(item)]),
  );
  const warnings = applied.flatMap(({ item: { name, warnings = [] } }) =>
    warnings.map(({ field, message }) => `${name}: ${field}: ${message}`),
  );
  return [table, ...warnings].join('\n');
}

type ById = (client: GantryClient, id: string) => Promise<string>;

/** What is done to one assistant, and what to say then. */
const DEEDS: readonly { verb: string; description: string; deed: ById }[] = [
  {
    verb: 'activate',
    description: 'let an assistant react to events',
    deed: async ({ assistants }, id) => `${(await assistants.activate(id)).name} is active`,
  },
  {
    verb: 'deactivate',
    description: 'keep an assistant from reacting to events',
    deed: async ({ assistants }, id) => `${(await assistants.deactivate(id)).name} is not active`,
  },
  {
    verb: 'delete',
    description: 'delete an assistant; its executions stay',
    deed: async ({ assistants }, id) => {
      await assistants.delete(id);
      return `${id} is deleted`;
    },
  },
];

async function apply(client: GantryClient, definition: Record<string, unknown>, project: string) {
  const { project: _project, projectId: _projectId, ...input } = definition;
  // What is in a file is for the api to check.
  return client.assistants.apply(await projectId(client, project), input as AssistantInput);
}

function projectOf({ project, projectId: id = project }: Record<string, unknown>): string | undefined {
  return typeof id === 'string' ? id : undefined;
}

const HEADS = ['id', 'slug', 'name', 'active', 'project'];

function rowOf({ id, slug, name, active, project }: Assistant) {
  return [id, slug, name, active ? 'yes' : 'no', project.slug];
}
