import { z } from 'zod';
import { flag, integer, url } from './environment-fields.ts';

const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

/** Settings of traces that every app has, by the names of OpenTelemetry. */
export const tracingSettings = {
  OTEL_EXPORTER_OTLP_ENDPOINT: url('http', 'https')
    .optional()
    .describe('Where traces are sent by OTLP over HTTP, `/v1/traces` added to it; without one none are made'),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: url('http', 'https')
    .optional()
    .describe('The same as a whole URL, in place of the other'),
  OTEL_EXPORTER_OTLP_PROTOCOL: z
    .enum(['http/protobuf', 'http/json'], 'expected http/protobuf or http/json')
    .default('http/protobuf')
    .describe('How they are written'),
  OTEL_EXPORTER_OTLP_HEADERS: z
    .string()
    .regex(/^[^=,]+=[^,]*(,[^=,]+=[^,]*)*$/, 'expected headers as name=value, separated by commas')
    .optional()
    .meta({ secret: true, description: 'Headers that they are sent with, as name=value separated by commas' }),
  OTEL_TRACES_SAMPLER: z
    .enum(SAMPLERS, `expected one of ${SAMPLERS.join(', ')}`)
    .default('parentbased_always_on')
    .describe('Which traces are kept: by default those that their producer keeps, and all that begin here'),
  OTEL_TRACES_SAMPLER_ARG: z
    .string()
    .regex(/^(0(\.\d+)?|1(\.0+)?)$/, 'expected a number from 0 to 1')
    .default('1')
    .transform(Number)
    .describe('The share that is kept by a sampler whose name ends with traceidratio'),
  OTEL_BSP_SCHEDULE_DELAY: integer(100, 60_000).default(5_000).describe('Milliseconds between two times they are sent'),
  OTEL_SDK_DISABLED: flag().prefault('false').describe('true: no traces, whatever else is set'),
};

export type TracingSettings = z.infer<z.ZodObject<typeof tracingSettings>>;
