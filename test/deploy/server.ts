import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectFolder, runProcess } from '../support/process.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { buildApp } from './image.ts';
import { jetsmsAccount } from './in-flight.ts';
import { serverEnvironment } from './units.ts';

/** What docs/deployment.md has a user put on a server: the package, /etc/jetsms, and a Redis with the users of the roles. */
export interface Server extends AsyncDisposable {
  readonly folder: string;
  /** The package, as /opt/jetsms/current/node_modules/jetsms-delivery. */
  readonly app: string;
  /** As /etc/jetsms. */
  readonly etc: string;
  readonly redis: TestRedis;
  /** The address of Redis for a role. */
  redisUrl(role: string): string;
}

const roles = ['worker', 'dashboard', 'gateway', 'operator', 'producer-status'] as const;

/** @param jetsmsUrl where JetSMS is */
export async function layServer(jetsmsUrl: string): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), 'jetsms-server-'));
  const app = join(folder, 'app');
  const etc = join(folder, 'etc');
  const secrets = join(etc, 'secrets');
  await buildApp(app);
  await mkdir(secrets, { recursive: true });
  const passwordOf = (role: string) => `${role}-password-of-this-test`;
  for (const role of roles) await writeFile(join(secrets, `redis-${role}-password`), passwordOf(role));
  const made = await runProcess(['sh', join(projectFolder, 'deploy/redis/make-users.sh'), secrets]);
  if (made.code !== 0) throw new Error(made.stderr);
  const users = join(folder, 'users.acl');
  await writeFile(users, `${made.stdout}\n`);
  const redis = await startRedis({ args: ['--aclfile', users] });
  const redisUrl = (role: string) => `redis://jetsms-${role}:${passwordOf(role)}@127.0.0.1:${redis.port}`;
  for (const role of roles) await writeFile(join(secrets, `redis-url-${role}`), `${redisUrl(role)}\n`);
  await writeFile(join(secrets, 'jetsms-password'), jetsmsAccount.password);
  await writeFile(join(secrets, 'dashboard-password'), 'a password of this test');
  const { username: JETSMS_USERNAME, title: JETSMS_TITLE } = jetsmsAccount;
  await writeFile(
    join(etc, 'jetsms.env'),
    serverEnvironment({ JETSMS_URL: jetsmsUrl, JETSMS_USERNAME, JETSMS_TITLE }),
  );
  return {
    folder,
    app,
    etc,
    redis,
    redisUrl,
    async [Symbol.asyncDispose]() {
      await redis.stop();
      await rm(folder, { recursive: true });
    },
  };
}

/** The settings file as the program that starts a service reads it. */
export const readSettingsFile = ({ etc }: Server): Promise<string> =>
  readFile(join(etc, 'jetsms.env'), 'utf8');
