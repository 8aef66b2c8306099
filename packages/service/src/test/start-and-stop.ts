import type { Service } from '../service.ts';

/** The ways in which services are started and stopped; each must end, and leave nothing open. */
const WAYS: Readonly<Record<string, (services: readonly Service[]) => Promise<unknown>>> = {
  'one after the other, each twice': async (services) => {
    for (const service of services) await Promise.all([service.start(), service.start()]);
    for (const service of services.toReversed()) await Promise.all([service.stop(), service.stop()]);
    for (const service of services) await service.stop();
  },
  'stopped without a start': (services) => Promise.allSettled(services.toReversed().map((service) => service.stop())),
  'stopped while they start': async (services) => {
    const starting = services.map((service) => service.start());
    const stopping = services.toReversed().map((service) => service.stop());
    await Promise.allSettled([...starting, ...stopping]);
    await Promise.allSettled(services.map((service) => service.stop()));
  },
  'stopped in the order in which they started': async (services) => {
    for (const service of services) await service.start();
    await Promise.allSettled(services.map((service) => service.stop()));
  },
};

export const waysToStartAndStop = Object.keys(WAYS);

/** Starts and stops all of them in one of the ways. What they leave open, the leak check of the file finds. */
export async function startAndStop(way: string, services: readonly Service[]): Promise<void> {
  await WAYS[way]?.(services);
}
