import { SECRET_NAME } from '@gantry/domain/secret-name';
import { z } from 'zod';

/** The pool of workers that runs a module which names none. */
export const DEFAULT_RUNTIME = 'gantry/default';

const RUNTIME_REF = /^(module:\/\/)?[a-z0-9._-]{1,64}\/[a-z0-9._-]{1,64}$/;

export const runtimeRefField = z
  .string()
  .regex(RUNTIME_REF, 'expected org/slug')
  .transform((ref) => ref.replace('module://', ''));

export const moduleRuntimeRefField = runtimeRefField.default(DEFAULT_RUNTIME);

/** The files of a published module. */
const bundleSchema = z.object({
  /** Of what is in it; the same files have the same one. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  contentRef: z.string().max(200),
  /** In bytes, unpacked. */
  size: z.int().min(0),
  files: z.int().min(0),
  /** The file of a `node` module. */
  entry: z.string().max(400).nullish(),
});
export type ModuleBundle = z.infer<typeof bundleSchema>;

/** What a module is, by its kind; `kind` left out is `node`. */
function metadataOf<Runtime extends z.ZodType<string>, Shape extends z.ZodRawShape>(
  moduleRuntimeRef: Runtime,
  more: Shape,
) {
  const shared = {
    ...more,
    moduleRuntimeRef,
    options: z.array(z.record(z.string(), z.json())).default([]),
    timeoutSeconds: z.number().positive().max(86_400).nullish(),
  };
  return z.discriminatedUnion('kind', [
    /** A file that the worker has. */
    z.object({
      kind: z.literal('node').default('node'),
      ...shared,
      /** Of a published one: its steps may run beside each other in one process. */
      nonBlocking: z.boolean().optional(),
    }),
    /** JavaScript, kept here. */
    z.object({ kind: z.literal('script'), ...shared, script: z.string().min(1) }),
    /** A program and its arguments. */
    z.object({ kind: z.literal('process'), ...shared, command: z.array(z.string().min(1)).min(1).max(100) }),
    /** An endpoint. */
    z.object({
      kind: z.literal('http'),
      ...shared,
      url: z.url(),
      /** Host names, or `*.` and a name: where the endpoint may redirect to besides. Default: everywhere. */
      allowedHosts: z.array(z.string().min(1).max(253)).max(100).nullish(),
      /** Name of the secret (`whsec_...`) by which requests are signed; without one they are not. */
      secret: z.string().regex(SECRET_NAME, 'expected the name of a secret, such as PAGES').nullish(),
    }),
  ]);
}

/** Of a version that was published. */
const published = { bundle: bundleSchema.optional() };

export const moduleMetadataSchema = metadataOf(moduleRuntimeRefField, published);
/** What clients say of a module: whoever names a bundle has code run. */
export const moduleMetadataInputSchema = metadataOf(moduleRuntimeRefField, {});
/** As it is answered. */
export const moduleMetadataAnswerSchema = metadataOf(z.string(), published);

export type ModuleMetadata = z.infer<typeof moduleMetadataSchema>;
export type ModuleKind = ModuleMetadata['kind'];
export type ModuleMetadataOf<Kind extends ModuleKind> = Extract<ModuleMetadata, { kind: Kind }>;

/** The kinds that workers can run; one of another kind cannot be saved. */
export const RUNNABLE_KINDS: readonly ModuleKind[] = ['node', 'http', 'script', 'process'];
