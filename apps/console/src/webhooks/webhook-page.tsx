import type { Webhook, WebhookDelivery } from '@gantry/contracts/http/webhook';
import { Button, Stack } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useAllowed } from '../allowed.ts';
import { api, queries } from '../api.ts';
import { Instant } from '../instant.tsx';
import { JsonView } from '../json-view.tsx';
import { useList } from '../list.ts';
import { type Column, ListPanel } from '../list-panel.tsx';
import { PageHead } from '../page-head.tsx';
import { Problem } from '../problem.tsx';
import { Empty } from '../read.tsx';
import { ReadPage } from '../read-page.tsx';
import { ShownOnce } from '../shown-once.tsx';

const REFRESH_MS = 3_000;

const TONES = { PENDING: 'wait', DELIVERED: 'ok', FAILED: 'bad' } as const;
const WORDS = { PENDING: 'To be sent', DELIVERED: 'Delivered', FAILED: 'Given up' } as const;

/** One webhook: what it was told, and what was answered. */
export function WebhookPage() {
  const { id } = useParams({ from: '/webhooks/$id' });
  const webhook = useQuery({
    queryKey: ['webhooks', id],
    queryFn: ({ signal }) => api.webhooks.get(id, { signal }),
    refetchInterval: REFRESH_MS,
  });
  return (
    <div>
      <ReadPage query={webhook} list={{ to: '/webhooks', name: 'Webhooks' }}>
        {(data) => <OneWebhook webhook={data} />}
      </ReadPage>
    </div>
  );
}

function OneWebhook({ webhook }: { webhook: Webhook }) {
  const { id, name, url, events, filter, disabledReason, failingSince, dropped } = webhook;
  const mayChange = useAllowed('assistants:write');
  const navigate = useNavigate();
  const deliveries = useList(['webhooks', id, 'deliveries'], (page) => api.webhooks.deliveries(id, page), REFRESH_MS);
  const reload = () => queries.invalidateQueries({ queryKey: ['webhooks', id] });
  const test = useMutation({ mutationFn: () => api.webhooks.test(id), onSettled: reload });
  const resend = useMutation({
    mutationFn: (delivery: string) => api.webhooks.resend(id, delivery),
    onSettled: reload,
  });
  const rotate = useMutation({ mutationFn: () => api.webhooks.rotateSecret(id) });
  const remove = useMutation({
    mutationFn: () => api.webhooks.delete(id),
    onSuccess: () => navigate({ to: '/webhooks' }),
  });
  const error = test.error ?? resend.error ?? rotate.error ?? remove.error;
  const columns: readonly Column<WebhookDelivery>[] = [
    { name: 'When', className: 'nowrap hide-phone', cell: ({ createdOn }) => <Instant at={createdOn} /> },
    {
      name: 'Status',
      cell: ({ status }) => (
        <span className="status" data-tone={TONES[status]}>
          {WORDS[status]}
        </span>
      ),
    },
    { name: 'Event', className: 'mono', cell: ({ event }) => event },
    { name: 'Attempts', className: 'right hide-phone', cell: ({ attempts }) => attempts },
    {
      name: 'Answer',
      className: 'broken',
      cell: ({ statusCode, error: wrong, dueOn, status }) => (
        <>
          {statusCode} {wrong}
          {status === 'PENDING' && dueOn !== null && (
            <span className="muted">
              {' '}
              next at <Instant at={dueOn} />
            </span>
          )}
        </>
      ),
    },
    {
      name: 'What was sent',
      className: 'hide-phone',
      cell: ({ payload }) => (
        <details>
          <summary className="muted">Show</summary>
          <JsonView name="What was sent" value={payload} />
        </details>
      ),
    },
    {
      name: '',
      className: 'right',
      cell: (delivery) =>
        mayChange &&
        delivery.status !== 'PENDING' && (
          <Button
            size="compact-xs"
            variant="default"
            loading={resend.isPending && resend.variables === delivery.id}
            onClick={() => resend.mutate(delivery.id)}
          >
            Resend
          </Button>
        ),
    },
  ];
  return (
    <>
      <PageHead title={name} list={{ to: '/webhooks', name: 'Webhooks' }}>
        {mayChange && (
          <>
            <Button size="compact-sm" variant="default" loading={test.isPending} onClick={() => test.mutate()}>
              Send a test
            </Button>
            {!url.startsWith('mailto:') && (
              <Button
                size="compact-sm"
                variant="default"
                loading={rotate.isPending}
                onClick={() => window.confirm('Make another secret? For a day both sign.') && rotate.mutate()}
              >
                New secret
              </Button>
            )}
            <Button
              size="compact-sm"
              variant="default"
              onClick={() => window.confirm(`Delete ${name}?`) && remove.mutate()}
            >
              Delete
            </Button>
          </>
        )}
      </PageHead>
      <Stack gap={14}>
        {error && <Problem error={error} />}
        {rotate.data && (
          <section className="panel panel-body" aria-label="The new secret">
            The new secret, shown this once:
            <ShownOnce secret={rotate.data.secret} />
          </section>
        )}
        <section className="panel panel-body" aria-label="Facts">
          <p className="mono" style={{ margin: 0, overflowWrap: 'anywhere' }}>
            {url}
          </p>
          <p className="muted" style={{ margin: '4px 0 0' }}>
            Is told of <span className="mono">{events.join(', ')}</span>
            {filter !== null && (
              <>
                {' '}
                where <span className="mono">{filter}</span>
              </>
            )}
          </p>
          {disabledReason !== null && (
            <p className="toned" data-tone="bad">
              It was switched off: {disabledReason}
            </p>
          )}
          {failingSince !== null && (
            <p className="toned" data-tone="wait">
              Nothing could be delivered since <Instant at={failingSince} />.
            </p>
          )}
          {dropped > 0 && (
            <p className="toned" data-tone="wait">
              {dropped.toLocaleString()} events were not kept for it: too many waited.
            </p>
          )}
        </section>
        <ListPanel
          label="Deliveries"
          title="Deliveries"
          list={deliveries}
          columns={columns}
          keyOf={(delivery) => delivery.id}
          empty={<Empty title="Nothing was told yet">Send a test, or wait for the first event.</Empty>}
        />
      </Stack>
    </>
  );
}
