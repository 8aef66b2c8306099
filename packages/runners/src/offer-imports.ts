import { offerImportsToModuleFiles } from './author-imports.ts';

// For `node --import`: files that lie outside of this project import the SDK as modules do.
offerImportsToModuleFiles();
