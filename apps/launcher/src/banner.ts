import { styleText } from 'node:util';
import type { LauncherEnvironment } from './env.ts';
import { SAMPLE_STORE_REF } from './sample-project.ts';
import type { Gantry } from './start-gantry.ts';

interface BannerOptions extends Pick<Gantry, 'system' | 'sampleDocument' | 'signInLink'> {
  env: LauncherEnvironment;
  out: NodeJS.WritableStream;
}

/** What somebody who has just started Gantry wants to know: where everything is, the key, and what to try first. */
export function printBanner({ system, sampleDocument, signInLink, env, out }: BannerOptions): void {
  const { apiUrl, apiKey, processes } = system;
  const bold = (text: string) => styleText('bold', text, { stream: out });
  const curl = `curl -H 'x-api-key: ${apiKey}'`;
  const rows = [
    ['Console', `${signInLink}   (signs a browser in, once, within 10 minutes)`],
    ['API', `${apiUrl}/api`],
    ['API key', apiKey],
    ...processes.map(({ name, url }) => [name, `${url}/health/ready   ${url}/metrics`]),
    ['Data', env.GANTRY_DATA_DIR],
  ];
  const another = env.PORT !== 0 && !apiUrl.endsWith(`:${env.PORT}`);
  out.write(`
${bold('Gantry is running.')}${another ? ` Port ${env.PORT} is taken, so the api listens on another.` : ''}

${rows.map(([name = '', value]) => `  ${name.padEnd(11)}${value}`).join('\n')}

${bold('Upload a document to the sample project:')}
  ${curl} -F 'file=@${sampleDocument}' '${apiUrl}/api/stores/${SAMPLE_STORE_REF}/upload'
${bold('List its executions, newest first:')}
  ${curl} '${apiUrl}/api/executions?sort=createdOn,desc&pageSize=1'
${bold('Read one with what was extracted')} (its id is in the list):
  ${curl} '${apiUrl}/api/executions/<id>?include=outputs'

Ctrl-C stops everything; the data stays.

`);
}
