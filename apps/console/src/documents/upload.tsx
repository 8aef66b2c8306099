import { Button, FileButton, Group, NativeSelect, Progress } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useAllowed } from '../allowed.ts';
import { api } from '../api.ts';
import { Problem } from '../problem.tsx';
import { Empty } from '../read.tsx';
import { useDroppedFiles } from './dropped-files.ts';
import { NewStore } from './new-store.tsx';
import type { Sent } from './uploads.ts';
import { isPending, useUploads } from './uploads-provider.tsx';

/** Takes files by choice or by dropping them, and says of each how far it is. */
export function Upload() {
  const [store, setStore] = useState<string>();
  const [making, setMaking] = useState(false);
  const mayMake = useAllowed('assistants:write');
  const stores = useQuery({
    queryKey: ['stores'],
    queryFn: ({ signal }) => api.stores.list({ pageSize: 1_000, signal }),
  });
  const refs = stores.data?.content.map(({ storeRef }) => storeRef) ?? [];
  const chosen = store ?? refs[0];
  const { sent, add, again, clear } = useUploads();
  const pending = sent.some(isPending);
  const take = (files: readonly File[]) => chosen !== undefined && add(chosen, files);
  const over = useDroppedFiles(take);
  const newStore = making && (
    <NewStore
      onMade={(ref) => {
        setStore(ref);
        setMaking(false);
      }}
      onClose={() => setMaking(false)}
    />
  );
  if (stores.data !== undefined && refs.length === 0) {
    return (
      <section className="panel" aria-label="Upload" style={{ marginBottom: 14 }}>
        <Empty title="There is no store yet">
          Documents are kept in stores; assistants hear of what comes into theirs.
          {mayMake ? (
            <Button size="xs" mt="sm" display="block" mx="auto" onClick={() => setMaking(true)}>
              New store
            </Button>
          ) : (
            ' Who may change assistants can make one.'
          )}
        </Empty>
        {newStore}
      </section>
    );
  }
  const done = sent.filter(({ state }) => state === 'done').length;
  return (
    <section className="panel panel-body drop" aria-label="Upload" data-over={over}>
      <Group gap={10}>
        <NativeSelect
          size="xs"
          aria-label="Store"
          data={refs}
          value={chosen ?? ''}
          onChange={(event) => setStore(event.currentTarget.value)}
        />
        <FileButton multiple onChange={take}>
          {(props) => (
            <Button {...props} size="xs" disabled={chosen === undefined}>
              Upload files
            </Button>
          )}
        </FileButton>
        <span className="muted">or drop them here</span>
        <span className="grow" />
        {mayMake && sent.length === 0 && (
          <Button size="compact-sm" variant="subtle" onClick={() => setMaking(true)}>
            New store
          </Button>
        )}
        {sent.length > 0 && (
          <output>
            {done} of {sent.length} uploaded
          </output>
        )}
        {sent.length > 0 && !pending && (
          <Button size="compact-xs" variant="subtle" onClick={clear}>
            Clear
          </Button>
        )}
      </Group>
      {stores.data === undefined && stores.error && (
        <Problem error={stores.error} onRetry={() => void stores.refetch()} />
      )}
      {sent.length > 0 && (
        <ul className="uploads">
          {sent.map((file) => (
            <UploadLine key={file.number} file={file} onAgain={() => again(file.number)} />
          ))}
        </ul>
      )}
      {newStore}
    </section>
  );
}

function UploadLine({ file, onAgain }: { file: Sent; onAgain: () => void }) {
  const { name, size, bytes, state, familyId, problem } = file;
  return (
    <li>
      <span className="clip">
        {familyId === undefined ? (
          name
        ) : (
          <Link to="/documents/$id" params={{ id: familyId }} className="link">
            {name}
          </Link>
        )}
      </span>
      {problem === undefined ? (
        <Progress
          value={state === 'done' || size === 0 ? 100 : (100 * bytes) / size}
          color={state === 'done' ? 'green.8' : 'harbour'}
          aria-label={`${name}: ${state}`}
        />
      ) : (
        <span className="toned" data-tone="bad" role="alert">
          {problem}{' '}
          <Button size="compact-xs" variant="default" aria-label={`Try ${name} again`} onClick={onAgain}>
            Try again
          </Button>
        </span>
      )}
    </li>
  );
}
