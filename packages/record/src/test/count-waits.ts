import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';

export interface CountedWaits {
  /** Of the database, through where it is counted. */
  url: string;
  /** How often a connection was silent until Postgres had answered, since it was asked last; of several the most. */
  take: () => number;
  close: () => void;
}

/** Counts how often whoever asks Postgres waits for it: for a few rows that is what a transaction takes its time for. */
export async function countWaits(url: string): Promise<CountedWaits> {
  const { hostname, port } = new URL(url);
  const counts: { waits: number }[] = [];
  const server = createServer((client) => {
    const count = { waits: 0 };
    counts.push(count);
    let asking = false;
    const postgres = connect(Number(port), hostname);
    for (const socket of [client, postgres]) socket.setNoDelay().on('error', () => {});
    client.on('data', () => {
      asking = true;
    });
    postgres.on('data', () => {
      if (asking) count.waits += 1;
      asking = false;
    });
    client.pipe(postgres).pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const through = new URL(url);
  through.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: through.href,
    close: () => void server.close(),
    take() {
      const most = Math.max(0, ...counts.map(({ waits }) => waits));
      for (const count of counts) count.waits = 0;
      return most;
    },
  };
}
