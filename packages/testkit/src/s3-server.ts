import { startFauxqs } from 'fauxqs';

/** An S3 server on this machine, with one bucket. */
export interface S3Server {
  /** Where its bucket is, as settings of Gantry say it. */
  place: { bucket: string; prefix: string; region: string; endpoint: string; pathStyle: boolean };
  close: () => Promise<void>;
}

/** The server takes any. */
export const CREDENTIALS = { accessKeyId: 'tester', secretAccessKey: 'tester' };

const bucket = 'contents';

export async function startS3Server(): Promise<S3Server> {
  const server = await startFauxqs({ port: 0, host: '127.0.0.1', logger: false });
  server.createBucket(bucket);
  const endpoint = `http://127.0.0.1:${server.port}`;
  return {
    place: { bucket, prefix: '', region: 'us-east-1', endpoint, pathStyle: true },
    close: () => server.stop(),
  };
}
