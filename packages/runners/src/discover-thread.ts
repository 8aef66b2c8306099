import { parentPort, workerData } from 'node:worker_threads';
import { offerImportsToModuleFiles } from './author-imports.ts';
import { discoverModules } from './module-registry.ts';

// Looks for modules in folders. It is a thread of its own because it runs code of the files.
offerImportsToModuleFiles();
parentPort?.postMessage(await discoverModules(workerData));
