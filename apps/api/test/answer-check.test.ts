import { problem } from '@gantry/contracts/http/problem';
import { expect, test } from 'vitest';
import { answerMismatch, type SeenAnswer } from './answer-check.ts';

const project = {
  ...{ id: 'p', organizationId: 'o', name: 'Invoices', slug: 'invoices', description: null, changeSequence: 1 },
  ...{ createdOn: '2026-01-31T08:00:00.000Z', updatedOn: '2026-01-31T08:00:00.000Z' },
};

const good: SeenAnswer = {
  ...{ method: 'GET', url: '/api/projects/p', route: '/api/projects/:id', status: 200 },
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: JSON.stringify(project),
};

const refused = (code: 'NOT_FOUND' | 'SLUG_TAKEN', status: number): SeenAnswer => ({
  ...{ ...good, status, headers: { 'content-type': 'application/problem+json' } },
  body: JSON.stringify(problem(code, 'text', good.url)),
});

test('answers as the document says pass', () => {
  expect(answerMismatch(good)).toBeUndefined();
  expect(answerMismatch(refused('NOT_FOUND', 404))).toBeUndefined();
  expect(answerMismatch({ ...refused('NOT_FOUND', 404), route: undefined })).toBeUndefined();
  expect(answerMismatch({ ...good, method: 'DELETE', status: 204, headers: {}, body: '' })).toBeUndefined();
});

test.each<[string, SeenAnswer, RegExp]>([
  ['a field is missing', { ...good, body: JSON.stringify({ ...project, slug: undefined }) }, /property 'slug'/],
  ['a field is of another type', { ...good, body: JSON.stringify({ ...project, createdOn: 'now' }) }, /createdOn/],
  ['the body is not JSON', { ...good, body: 'oops' }, /not JSON/],
  ['the status is not described', { ...good, status: 201 }, /no answer of this status/],
  ['the content type is another', { ...good, headers: { 'content-type': 'text/html' } }, /content type is text\/html/],
  ['a body comes with 204', { ...good, method: 'DELETE', status: 204 }, /has a body/],
  ['an error is not one of the route', refused('SLUG_TAKEN', 409), /should `errors` of the route list SLUG_TAKEN/],
  ['an error has the status of another', refused('SLUG_TAKEN', 404), /another status/],
  ['a success comes from nowhere', { ...good, route: undefined }, /no operation/],
])('fails when %s', (_name, answer, message) => {
  expect(answerMismatch(answer)).toMatch(message);
});
