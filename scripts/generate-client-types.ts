// Types of the gateway's HTTP interface, made of docs/openapi.json by openapi-typescript, on standard output.
import { registerHooks } from 'node:module';

// openapi-typescript builds its output with the programming interface of TypeScript 6, which TypeScript 7 does not have.
registerHooks({
  resolve: (specifier, context, next) =>
    next(specifier === 'typescript' ? '@typescript/typescript6' : specifier, context),
});

const { astToString, default: openapiTypes } = await import('openapi-typescript');
const document = new URL('../docs/openapi.json', import.meta.url);
process.stdout.write(astToString(await openapiTypes(document)));
