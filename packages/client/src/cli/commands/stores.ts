import { openAsBlob } from 'node:fs';
import { basename } from 'node:path';
import type { Store } from '@gantry/contracts/http/store';
import type { Command } from 'commander';
import { UsageError } from '../exit-code.ts';
import { addListOptions, type ListFlags, listText } from '../list-options.ts';
import { projectId } from '../names.ts';
import { collect, readJsonObject } from '../read-input.ts';
import type { RunCommand } from '../session.ts';
import { textFields, textTable } from '../text-table.ts';

interface UploadFlags {
  store: string;
  project?: string;
  path?: string;
  label?: string[];
  metadata?: string;
}

/** `gantry stores ...` */
export function addStoreCommands(program: Command, run: RunCommand): void {
  const group = program.command('stores').alias('store').description('where documents are kept');
  addListOptions(group.command('list').description('list document stores')).action(
    run<ListFlags>(async ({ client, print }, _args, flags) => {
      const page = await client.stores.list(flags);
      await print.answer(page, () => listText(page, HEADS, rowOf));
    }),
  );
  group
    .command('create <name>')
    .description('create a document store')
    .option('--slug <slug>', 'made from the name if not given')
    .option('--org <slug>', 'first part of its ref')
    .option('--store-version <version>', 'last part of its ref')
    .option('-p, --project <id-or-slug>', 'the only one whose assistants hear of its documents')
    .action(
      run<{ slug?: string; org?: string; storeVersion?: string; project?: string }>(
        async ({ client, print }, [name = ''], { slug, org: orgSlug, storeVersion: version, project }) => {
          const own = project && (await projectId(client, project));
          const store = await client.stores.create({ name, slug, orgSlug, version, projectId: own });
          await print.answer(store, () => textTable(HEADS, [rowOf(store)]));
        },
      ),
    );
  group
    .command('upload <file>')
    .description('keep a file as a document, or as a new version of the one at its path, and announce it')
    .requiredOption('-s, --store <id-or-ref>', 'such as local/invoices:1.0.0')
    .option('-p, --project <id-or-slug>', 'not needed once the store belongs to one project')
    .option('--path <path>', 'of the document; the name of the file if not given')
    .option('-l, --label <label>', 'repeatable', collect)
    .option('-m, --metadata <json>', 'a JSON object, or @file')
    .action(
      run<UploadFlags>(async ({ client, print }, [file = ''], { store, project, path, label, metadata }) => {
        const family = await client.stores.upload(store, await openFile(file), {
          fileName: basename(file),
          path,
          labels: label,
          metadata: metadata === undefined ? undefined : await readJsonObject('--metadata', metadata),
          projectId: project && (await projectId(client, project)),
        });
        await print.answer(family, () =>
          textFields({
            family: family.id,
            store: family.storeRef,
            path: family.path,
            versions: family.contentObjects.length,
            labels: family.labels.join(', '),
          }),
        );
      }),
    );
}

const HEADS = ['ref', 'name', 'id', 'project'];

function rowOf({ storeRef, name, id, projectId: project }: Store) {
  return [storeRef, name, id, project];
}

/** Read from the disk as it is sent. */
async function openFile(file: string): Promise<Blob> {
  try {
    return await openAsBlob(file);
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${(error as Error).message}`);
  }
}
