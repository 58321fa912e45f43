import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { buildDelivery } from '../../scripts/packages/packages.ts';
import { findRedisBinary, freePort } from '../../src/cli/redis-process.ts';
import {
  type Finished,
  projectFolder,
  runProcess,
  startProcess,
  type TestProcess,
} from '../support/process.ts';
import { type ComposeFile, readCompose, readDockerfile } from './compose-file.ts';

/** The services of a compose file as processes: same entrypoint, command, environment and secrets, other addresses. */
export interface ComposedProcesses extends AsyncDisposable {
  start(service: string): Promise<TestProcess>;
  run(service: string): Promise<Finished>;
  /** `jetsms …` within a service, as `docker compose exec` does it. */
  exec(service: string, args: readonly string[]): Promise<Finished>;
  /** Runs the health check of a service: its own, else that of the image. */
  check(service: string): Promise<number | null>;
  /** An address of the compose file as it is here. */
  here(address: string): string;
}

export interface ComposeChoice {
  /** The compose file, from the root of the project. */
  readonly path: string;
  /** What the user says. Addresses in it are of this machine, and stay as they are. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** Builds what the image would hold, and gives every port of the compose file a free one. */
export async function composeProcesses({ path, variables = {} }: ComposeChoice): Promise<ComposedProcesses> {
  const stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'jetsms-image-'));
  stack.defer(() => rm(folder, { recursive: true }));
  const app = join(folder, 'app');
  await buildApp(app);
  const [redis, health, dashboard, simulator, gateway, gatewayHealth] = await Promise.all([
    freePort(),
    freePort(),
    freePort(),
    freePort(),
    freePort(),
    freePort(),
  ]);
  const compose = readCompose(path, variables);
  const image = readDockerfile();
  const secrets = await placeSecrets(compose, join(folder, 'secrets'), (text) =>
    text.replaceAll('@redis:6379', `@127.0.0.1:${redis}`),
  );
  const here = translator([
    ['@redis:6379', `@127.0.0.1:${redis}`],
    ['gateway-api', '127.0.0.1'],
    ['/app/', `${app}/`],
    ['/demo/', `${projectFolder}deploy/demo/`],
    ['simulator:8080', `127.0.0.1:${simulator}`],
    ['8080', String(simulator)],
    ['9465', String(dashboard)],
    ['9466', String(gateway)],
    ['/run/secrets/', `${secrets}/`],
  ]);
  // Containers have addresses of their own; processes of one machine need ports of their own.
  const portsOf = (name: string) => ({
    JETSMS_HEALTH_PORT: String(name === 'gateway' ? gatewayHealth : health),
    JETSMS_DASHBOARD_PORT: String(dashboard),
    JETSMS_GATEWAY_PORT: String(gateway),
  });
  const redisArgs = ['--port', String(redis), '--bind', '127.0.0.1', '--dir', folder];

  const commandOf = async (name: string): Promise<readonly string[]> => {
    const { entrypoint, command, build } = serviceOf(compose, name);
    if (build !== undefined)
      return [...(entrypoint ?? image.entrypoint), ...(command ?? image.command)].map(here);
    const [, ...args] = command ?? [];
    return [(await findRedisBinary(process.env['PATH'])) ?? '', ...args.map(here), ...redisArgs];
  };
  const environmentOf = (name: string): Readonly<Record<string, string>> => {
    const { environment = {} } = serviceOf(compose, name);
    const told = Object.entries(environment).map(([key, value]) => [key, here(value)] as const);
    return { ...Object.fromEntries(told), ...portsOf(name) };
  };
  return {
    here,
    start: async (name) =>
      stack.use(startProcess(await commandOf(name), { env: environmentOf(name), cwd: folder })),
    run: async (name) => runProcess(await commandOf(name), { env: environmentOf(name), cwd: folder }),
    exec: async (name, args) =>
      runProcess([...image.entrypoint.map(here), ...args], { env: environmentOf(name), cwd: folder }),
    async check(name) {
      const [, ...own] = serviceOf(compose, name).healthcheck?.test ?? [];
      const [program = '', ...args] = (own.length > 0 ? own : image.healthCheck).map(here);
      const command = [program, ...(program === 'redis-cli' ? ['-p', String(redis)] : []), ...args];
      return (await runProcess(command, { env: environmentOf(name), cwd: folder })).code;
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

const serviceOf = ({ services }: ComposeFile, name: string) => {
  const service = services[name];
  if (service === undefined) throw new Error(`the compose file has no service ${name}`);
  return service;
};

/** The files of all secrets in one folder, as they lie in a container; returns it. */
async function placeSecrets(
  { secrets = {} }: ComposeFile,
  folder: string,
  translate: (text: string) => string,
): Promise<string> {
  await mkdir(folder);
  for (const [name, { file }] of Object.entries(secrets)) {
    const text = await readFile(resolve(projectFolder, file), 'utf8');
    await writeFile(join(folder, name), translate(text));
  }
  return folder;
}

function translator(pairs: readonly (readonly [there: string, here: string])[]): (text: string) => string {
  return (text) => pairs.reduce((said, [there, here]) => said.replaceAll(there, here), text);
}

/** /app of the image: dist, package.json, the example, and the dependencies. */
export async function buildApp(app: string): Promise<void> {
  await mkdir(app);
  await buildDelivery(join(app, 'dist'));
  await symlink(join(projectFolder, 'node_modules'), join(app, 'node_modules'));
  for (const file of ['package.json', 'examples/recipients.csv']) {
    await mkdir(dirname(join(app, file)), { recursive: true });
    await copyFile(join(projectFolder, file), join(app, file));
  }
}
