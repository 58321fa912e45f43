import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../../src/cli/redis-process.ts';
import { type PlacedExample, placeExample } from '../../support/examples.ts';
import { type Finished, runProcess, startProcess } from '../../support/process.ts';
import { startRedis, type TestRedis } from '../../support/redis.ts';

const says = {
  sent: 'Mesajınız yola çıktı.',
  noMobile: 'Bu bir cep telefonu numarası değil.',
  otherNumber: 'Bağlantı başka bir numaraya gönderildi.',
};
/** Numbers that the form is filled in with, one after the other, and what the person is told. */
const story = [
  ['0532 123 45 67', says.sent],
  ['0532 123 45 67', says.sent],
  ['0212 123 45 67', says.noMobile],
  ['0533 123 45 67', says.otherNumber],
] as const;

// Next.js weighs 370 MB, so by default its server action is called as what it is, a function; with EXAMPLES_NEXT set it is
// installed and built, and the form is posted as a browser without JavaScript does.
describe('the server action of the example of Next.js', () => {
  let example: PlacedExample;
  let redis: TestRedis;
  beforeAll(async () => {
    example = await placeExample('nextjs', { packages: 'sources' });
    redis = await startRedis();
  });
  afterAll(async () => {
    await redis.stop();
    await example[Symbol.asyncDispose]();
  });

  const call = (redisUrl: string, phones: readonly string[]): Promise<Finished> =>
    runProcess([process.execPath, '--input-type=module', '-e', callAction, ...phones], {
      cwd: example.folder,
      env: { REDIS_URL: redisUrl },
    });

  it('texts an order once, and says to the person what is wrong', async () => {
    const done = await call(
      redis.url,
      story.map(([phone]) => phone),
    );
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect(done.stdout.split('\n')).toEqual(story.map(([, said]) => said));
  });

  it('asks for another try where Redis is away', async () => {
    const done = await call(`redis://127.0.0.1:${await freePort()}`, ['0532 123 45 67']);
    expect(done.stdout).toBe('Şu anda gönderilemiyor; lütfen yeniden deneyin.');
  });
});

const callAction = `
import { sendLink } from './app/actions.ts';
import { jetsms } from './lib/jetsms.ts';

let state = { sent: false, say: '' };
for (const phone of process.argv.slice(1)) {
  const form = new FormData();
  form.set('order', '1842');
  form.set('phone', phone);
  state = await sendLink(state, form);
  console.log(state.say);
}
await jetsms().close();
`;

// Not part of every run, for its 370 MB: a command of its own (CONTRIBUTING.md).
if (process.env['EXAMPLES_NEXT']) {
  it('with Next.js itself does the same for a form that is posted without JavaScript', async () => {
    await using example = await placeExample('nextjs', { packages: 'installed' });
    await using redis = await startRedis();
    const { folder: cwd } = example;
    const env = { REDIS_URL: redis.url, NEXT_TELEMETRY_DISABLED: '1' };
    const next = [process.execPath, 'node_modules/next/dist/bin/next'];
    expect(await runProcess([...next, 'build'], { cwd, env })).toMatchObject({ code: 0 });
    const port = await freePort();
    await using app = startProcess([...next, 'start', '-p', String(port)], { cwd, env });
    await app.waitForLine(/Ready/);
    const url = `http://127.0.0.1:${port}/`;
    const hidden = fieldsOf(await (await fetch(url)).text());
    for (const [phone, said] of story) {
      const body = new FormData();
      for (const [name, value] of hidden) body.set(name, value);
      body.set('phone', phone);
      const answer = await fetch(url, { method: 'POST', body });
      expect(await answer.text()).toContain(`<output>${said}</output>`);
    }
  }, 300_000);
}

/** Names and values of the form's fields. */
function fieldsOf(html: string): readonly (readonly [string, string])[] {
  const attribute = (tag: string, name: string): string =>
    new RegExp(`${name}="([^"]*)"`).exec(tag)?.[1]?.replaceAll('&quot;', '"') ?? '';
  return [...html.matchAll(/<input [^>]*>/g)].map(
    ([tag]) => [attribute(tag, 'name'), attribute(tag, 'value')] as const,
  );
}
