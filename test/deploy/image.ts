import { copyFile, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
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

/** The services of docker-compose.yml as processes: same entrypoint, command and environment, other addresses. */
export interface ComposedProcesses extends AsyncDisposable {
  start(service: string): Promise<TestProcess>;
  run(service: string): Promise<Finished>;
  /** Runs the health check of a service: its own, else that of the image. */
  check(service: string): Promise<number | null>;
  /** An address of the compose file as it is here. */
  here(address: string): string;
}

/** Builds what the image would hold, and gives every port of the compose file a free one. */
export async function composeProcesses(): Promise<ComposedProcesses> {
  const stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'jetsms-image-'));
  stack.defer(() => rm(folder, { recursive: true }));
  const app = join(folder, 'app');
  await buildApp(app);
  const [redis, health, dashboard, simulator] = await Promise.all([
    freePort(),
    freePort(),
    freePort(),
    freePort(),
  ]);
  const compose = readCompose();
  const image = readDockerfile();
  const here = translator([
    ['redis://redis:6379', `redis://127.0.0.1:${redis}`],
    ['/app/', `${app}/`],
    ['/demo/', `${projectFolder}deploy/demo/`],
    ['simulator:8080', `127.0.0.1:${simulator}`],
    ['8080', String(simulator)],
    ['9465', String(dashboard)],
    ...Object.entries(compose.secrets).map(
      ([name, { file }]) => [`/run/secrets/${name}`, join(projectFolder, file)] as const,
    ),
  ]);
  const ports = {
    JETSMS_HEALTH_PORT: String(health),
    JETSMS_DASHBOARD_PORT: String(dashboard),
  };
  const redisArgs = ['--port', String(redis), '--bind', '127.0.0.1', '--dir', folder];

  const commandOf = async (name: string): Promise<readonly string[]> => {
    const { entrypoint, command, build } = serviceOf(compose, name);
    if (build !== undefined)
      return [...(entrypoint ?? image.entrypoint), ...(command ?? image.command)].map(here);
    const [, ...args] = command ?? [];
    return [(await findRedisBinary(process.env['PATH'])) ?? '', ...args, ...redisArgs];
  };
  const environmentOf = (name: string): Readonly<Record<string, string>> => {
    const { environment = {} } = serviceOf(compose, name);
    const told = Object.entries(environment).map(([key, value]) => [key, here(value)] as const);
    return { ...Object.fromEntries(told), ...ports };
  };
  return {
    here,
    start: async (name) =>
      stack.use(startProcess(await commandOf(name), { env: environmentOf(name), cwd: folder })),
    run: async (name) => runProcess(await commandOf(name), { env: environmentOf(name), cwd: folder }),
    async check(name) {
      const [, ...own] = serviceOf(compose, name).healthcheck?.test ?? [];
      const command = (own.length > 0 ? own : image.healthCheck).map(here);
      return (await runProcess(command, { env: environmentOf(name), cwd: folder })).code;
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

const serviceOf = ({ services }: ComposeFile, name: string) => {
  const service = services[name];
  if (service === undefined) throw new Error(`docker-compose.yml has no service ${name}`);
  return service;
};

function translator(pairs: readonly (readonly [there: string, here: string])[]): (text: string) => string {
  return (text) => pairs.reduce((said, [there, here]) => said.replaceAll(there, here), text);
}

/** /app of the image: dist, package.json, the example, and the dependencies. */
async function buildApp(app: string): Promise<void> {
  await mkdir(app);
  await buildDelivery(join(app, 'dist'));
  await symlink(join(projectFolder, 'node_modules'), join(app, 'node_modules'));
  for (const file of ['package.json', 'examples/recipients.csv']) {
    await mkdir(dirname(join(app, file)), { recursive: true });
    await copyFile(join(projectFolder, file), join(app, file));
  }
}
