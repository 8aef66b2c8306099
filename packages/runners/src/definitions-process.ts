import { builtInDefinitions } from './module-definitions.ts';

process.stdout.write(JSON.stringify(await builtInDefinitions()));
