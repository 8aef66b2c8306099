import { Button, FileButton, Group, NativeSelect } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type DragEvent, useState } from 'react';
import { api, queries } from '../api.ts';
import { Problem } from '../problem.tsx';

/** Takes files by choice or by dropping them, one after the other, and says how far it is. */
export function Upload() {
  const [store, setStore] = useState<string>();
  const [sent, setSent] = useState<{ done: number; of: number }>();
  const stores = useQuery({
    queryKey: ['stores'],
    queryFn: ({ signal }) => api.stores.list({ pageSize: 1_000, signal }),
  });
  const refs = stores.data?.content.map(({ storeRef }) => storeRef) ?? [];
  const chosen = store ?? refs[0];
  const upload = useMutation({
    mutationFn: async (files: readonly File[]) => {
      for (const [index, file] of files.entries()) {
        setSent({ done: index, of: files.length });
        await api.stores.upload(chosen ?? '', file, { path: file.name });
      }
      setSent({ done: files.length, of: files.length });
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['families'] }),
  });
  const drop = (event: DragEvent) => {
    event.preventDefault();
    if (chosen !== undefined) upload.mutate([...event.dataTransfer.files]);
  };
  if (stores.data !== undefined && refs.length === 0) {
    return (
      <p className="muted">
        There is no store to upload to yet: <code>npx gantry stores create</code> makes one.
      </p>
    );
  }
  return (
    <section
      className="panel panel-body"
      aria-label="Upload"
      onDragOver={(event) => event.preventDefault()}
      onDrop={drop}
      style={{ borderStyle: 'dashed', marginBottom: 14 }}
    >
      <Group gap={10}>
        <NativeSelect
          size="xs"
          aria-label="Store"
          data={refs}
          value={chosen ?? ''}
          onChange={(event) => setStore(event.currentTarget.value)}
        />
        <FileButton multiple onChange={(files) => files.length > 0 && upload.mutate(files)}>
          {(props) => (
            <Button {...props} size="xs" loading={upload.isPending} disabled={chosen === undefined}>
              Upload files
            </Button>
          )}
        </FileButton>
        <span className="muted">or drop them here</span>
        {sent && (
          <output>
            {sent.done} of {sent.of} uploaded
          </output>
        )}
      </Group>
      {upload.error && <Problem error={upload.error} />}
    </section>
  );
}
