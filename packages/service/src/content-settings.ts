import { z } from 'zod';
import { flag, folder, url } from './environment-fields.ts';

/** Where contents are kept; the same for the api and the workers. */
export const contentSettings = {
  CONTENT_DIR: folder()
    .default('.gantry/content')
    .describe('Folder of the content store, shared by apis and workers; not used with CONTENT_S3_BUCKET'),
  CONTENT_S3_BUCKET: z
    .string()
    .regex(/^[a-zA-Z0-9.\-_:/]{1,255}$/, 'expected the name of a bucket')
    .optional()
    .describe('Bucket of an S3 server that is the content store in place of the folder'),
  CONTENT_S3_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9._/-]{1,200}$/, 'expected letters, digits and . _ - /')
    .optional()
    .describe('What the names of its objects begin with, such as `gantry/`'),
  CONTENT_S3_ENDPOINT: url('http', 'https').optional().describe('Address of an S3 server that is not of AWS'),
  CONTENT_S3_REGION: z.string().min(1).default('us-east-1').describe('Its region'),
  CONTENT_S3_PATH_STYLE: flag()
    .prefault('false')
    .describe('true: the bucket is named in the path of addresses, as most servers that are not of AWS want it'),
  CONTENT_S3_ACCESS_KEY_ID: z
    .string()
    .min(1)
    .optional()
    .describe('Key of the bucket; without one that of the environment is used as clients of AWS do (variables, roles)'),
  CONTENT_S3_SECRET_ACCESS_KEY: z
    .string()
    .min(1)
    .optional()
    .meta({ secret: true, description: 'The secret of that key' }),
};

type ContentSettings = z.infer<z.ZodObject<typeof contentSettings>>;

export function contentPlace(settings: ContentSettings) {
  const { CONTENT_S3_BUCKET: bucket } = settings;
  if (bucket === undefined) return { kind: 'folder', folder: settings.CONTENT_DIR } as const;
  return {
    kind: 's3',
    bucket,
    prefix: settings.CONTENT_S3_PREFIX ?? '',
    region: settings.CONTENT_S3_REGION,
    endpoint: settings.CONTENT_S3_ENDPOINT ?? null,
    pathStyle: settings.CONTENT_S3_PATH_STYLE,
  } as const;
}

/** Those that were set; undefined leaves it to what the environment has. */
export function contentCredentials(settings: ContentSettings) {
  const { CONTENT_S3_ACCESS_KEY_ID: accessKeyId, CONTENT_S3_SECRET_ACCESS_KEY: secretAccessKey } = settings;
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  return async () => ({ accessKeyId, secretAccessKey });
}
