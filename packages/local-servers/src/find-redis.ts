import { findProgram, type Program } from './find-program.ts';

/** A Redis (or Valkey) server: see findProgram. */
export function findRedis(cacheDir: string, onLog?: (line: string) => void): Promise<Program> {
  const search = {
    title: 'Redis',
    names: ['redis-server', 'valkey-server'],
    probe: '--version',
    debianPackage: 'redis-server',
    howToInstall:
      'Install Redis (Debian, Ubuntu: "apt-get install redis-server"; macOS: "brew install redis") or point REDIS_URL at a running one.',
  };
  return findProgram(search, cacheDir, onLog);
}
