import type { Service } from './service.ts';
import { beginTracing } from './spans.ts';
import type { TracingSettings } from './tracing-settings.ts';

/**
 * Makes the app trace, if its settings say where traces go: only then the SDK is loaded. Stopped last, it sends what is
 * left.
 */
export async function tracing(app: string, settings: TracingSettings): Promise<Service> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, OTEL_SDK_DISABLED } = settings;
  let end = async () => {};
  if ((OTEL_EXPORTER_OTLP_ENDPOINT ?? OTEL_EXPORTER_OTLP_TRACES_ENDPOINT) && !OTEL_SDK_DISABLED) {
    const { startOpenTelemetry } = await import('./open-telemetry.ts');
    end = startOpenTelemetry(`gantry-${app}`, settings);
    beginTracing();
  }
  return { name: 'tracing', start: async () => {}, stop: () => end() };
}
