import { appRoutes } from '@bull-board/api/dist/routes.js';
import { describe, expect, it } from 'vitest';
import { refusal } from '../../../src/dashboard/access.ts';

/** Every operation that this Bull Board has, `put /api/…`. */
const operations = appRoutes.api.flatMap(({ method, route }) =>
  [method]
    .flat()
    .flatMap((one) => [route].flat().map((path) => ({ method: one as string, route: path as string }))),
);
const allowed = (writable: boolean) =>
  operations
    .filter((operation) => operation.method !== 'get' && refusal(operation, writable) === undefined)
    .map(({ method, route }) => `${method} ${route}`);

describe('refusal', () => {
  it('lets everybody look', () => {
    const looks = operations.filter(({ method }) => method === 'get');
    expect(looks.length).toBeGreaterThan(5);
    expect(looks.map((look) => refusal(look, false))).toEqual(looks.map(() => undefined));
  });

  it('refuses every change on a read-only board', () => {
    expect(allowed(false)).toEqual([]);
  });

  it("allows five of Bull Board's changes on a writable board, and no other", () => {
    expect(allowed(true)).toEqual([
      'put /api/queues/pause',
      'put /api/queues/resume',
      'put /api/queues/:queueName/pause',
      'put /api/queues/:queueName/resume',
      'put /api/queues/:queueName/:jobId/promote',
    ]);
  });

  it.each([
    ['patch', '/api/queues/:queueName/:jobId/update-data', /masks/],
    ['put', '/api/queues/:queueName/:jobId/retry', /jetsms dead replay/],
    ['put', '/api/queues/:queueName/retry/:queueStatus', /jetsms dead replay/],
    ['put', '/api/queues/:queueName/:jobId/clean', /jetsms dead discard/],
    ['put', '/api/queues/:queueName/clean/:queueStatus', /jetsms dead discard/],
    ['put', '/api/queues/:queueName/obliterate', /jetsms dead discard/],
    ['post', '/api/queues/:queueName/add', /jetsms send/],
    ['put', '/api/queues/:queueName/rate-limit/release', /settings/],
    ['put', '/api/of/tomorrow', /does not do this/],
  ])('says what to do instead of %s %s', (method, route, words) => {
    expect(refusal({ method, route }, true)).toMatch(words);
  });
});
