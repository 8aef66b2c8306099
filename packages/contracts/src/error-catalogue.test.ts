import { EXCEPTION_CATALOGUE } from '@gantry/domain/exception-catalogue';
import { expect, test } from 'vitest';
import { ERROR_CATALOGUE } from './error-catalogue.ts';

test('docs/errors.md says what the catalogue says; rewrite it with `vitest --update`', async () => {
  const rows = Object.entries(ERROR_CATALOGUE).map(
    ([code, { status, title, advice }]) => `| \`${code}\` | ${status} | ${title} | ${advice} |`,
  );
  const failures = Object.entries(EXCEPTION_CATALOGUE).map(
    ([code, [meaning, advice]]) => `| \`${code}\` | ${meaning} | ${advice} |`,
  );
  const reference = `# Errors of the HTTP API

Every error is an \`application/problem+json\` (RFC 9457) with \`type\`, \`title\`, \`status\`, \`detail\`, \`instance\`, a stable
\`code\`, \`message\` (the same as \`detail\`) and, where fields are at fault, \`errors\`: an object from field to message.

| code | status | meaning | what to do |
|---|---|---|---|
${rows.join('\n')}

## Failures of steps and executions

\`exceptionDetails\` of a step or an execution has one of these as \`errorType\`, or a code of its module's own.

| errorType | meaning | what to do |
|---|---|---|
${failures.join('\n')}
`;
  await expect(reference).toMatchFileSnapshot('../../../docs/errors.md');
});

test('codes are upper-case words and statuses are those of errors', () => {
  for (const [code, { status }] of Object.entries(ERROR_CATALOGUE)) {
    expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
  }
});
