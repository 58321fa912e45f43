import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { clientFolder, expectListingToWork, listingOf } from '../../support/gateway-clients.ts';
import { projectFolder, runProcess } from '../../support/process.ts';

const listing = listingOf('TypeScript');

/** As strict as an app may be. */
const tsconfig = {
  compilerOptions: {
    target: 'es2024',
    lib: ['es2024'],
    module: 'nodenext',
    strict: true,
    noUncheckedIndexedAccess: true,
    allowImportingTsExtensions: true,
    noEmit: true,
    skipLibCheck: true,
    types: ['node'],
  },
};

/** Calls that the compiler must refuse: the types come from the document, and are not `any`. */
const misuse = `
import createClient from 'openapi-fetch';
import type { paths } from './gateway-api.ts';

const gateway = createClient<paths>();
// @ts-expect-error there is no such operation
await gateway.GET('/v1/message');
// @ts-expect-error the text is missing
await gateway.POST('/v1/messages', { body: { to: '0532 123 45 67' } });
// @ts-expect-error there is no such lane
await gateway.POST('/v1/messages', { body: { to: '0532 123 45 67', text: 'Merhaba', lane: 'fast' } });
// @ts-expect-error the id is missing
await gateway.DELETE('/v1/messages/{id}');
const { data, error } = await gateway.GET('/v1/messages/{id}', { params: { path: { id: '' } } });
// @ts-expect-error a message has no such state
export const sent: boolean = data?.state === 'sent';
// @ts-expect-error a problem has a code and no message
export const words: unknown = error?.message;
`;

it('a client with types generated from the OpenAPI document compiles, sends, asks and cancels', async () => {
  using folder = clientFolder();
  const write = (name: string, text: string): void => writeFileSync(join(folder.path, name), text);
  const types = await runProcess(['node', join(projectFolder, 'scripts/generate-client-types.ts')]);
  expect(types).toMatchObject({ code: 0, stderr: '' });
  write('gateway-api.ts', types.stdout);
  write('tsconfig.json', JSON.stringify(tsconfig));
  write('misuse.ts', misuse);
  write(listing.file, listing.text);
  write('package.json', '{ "type": "module" }');
  const compiled = await runProcess(['tsc', '-p', folder.path]);
  expect(compiled).toMatchObject({ code: 0, stdout: '' });
  await expectListingToWork(listing, folder.path);
});
