import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { parseRedisAddress, redisAddressProblem } from './redis-address.ts';

/** What TLS with Redis, and with its Sentinels, goes by beyond the machine's own trust. All are texts in PEM but the name. */
export interface RedisTls {
  /**
   * The authorities that Redis' certificate may be signed by, instead of those that Node.js trusts.
   * @default those that Node.js trusts
   */
  readonly ca?: string;
  /**
   * The certificate that this client shows; goes with `key`.
   * @default none
   */
  readonly cert?: string;
  /**
   * The private key of `cert`, not encrypted.
   * @default none
   */
  readonly key?: string;
  /**
   * The name that Redis' certificate must have.
   * @default the host of the address
   */
  readonly serverName?: string;
}

/** A Redis to be connected to. */
export interface RedisTarget {
  /** As `parseRedisAddress` reads it. */
  readonly address: string;
  readonly tls?: RedisTls;
}

/** What is wrong with one field of TLS: a sentence without its subject. */
export interface RedisTlsProblem {
  readonly field: keyof RedisTls;
  readonly problem: string;
}

const redisTlsFields: readonly (keyof RedisTls)[] = ['ca', 'cert', 'key', 'serverName'];

const pem = /^\s*-----BEGIN [A-Z0-9 ]+-----[\s\S]+-----END [A-Z0-9 ]+-----\s*$/;
const nameForm = /^[A-Za-z0-9._-]{1,253}$/;

/** Everything that is wrong with what TLS is to go by; '' stands for "not set". Total. Repeats nothing of it. */
export function redisTlsProblems(address: unknown, tls: RedisTls): readonly RedisTlsProblem[] {
  const given = redisTlsFields.filter((field) => (tls[field] ?? '') !== '');
  const ofForm = given.flatMap((field) => formProblem(field, tls[field]));
  const parsed = parseRedisAddress(address).address;
  const isClear = parsed !== undefined && !parsed.tls;
  const ofUse = isClear
    ? given.map((field) => ({ field, problem: 'is for an address that begins with rediss' }))
    : [];
  const ofPair = pairProblem(given);
  const all = [...ofForm, ...ofUse, ...ofPair];
  return all.length > 0 ? all : contentProblem(tls);
}

function formProblem(field: keyof RedisTls, value: unknown): readonly RedisTlsProblem[] {
  if (field === 'serverName')
    return typeof value === 'string' && nameForm.test(value)
      ? []
      : [{ field, problem: 'must be a host name' }];
  return typeof value === 'string' && pem.test(value)
    ? []
    : [{ field, problem: 'must be a text in PEM: -----BEGIN …' }];
}

function pairProblem(given: readonly (keyof RedisTls)[]): readonly RedisTlsProblem[] {
  if (given.includes('cert') === given.includes('key')) return [];
  return [
    {
      field: given.includes('cert') ? 'key' : 'cert',
      problem: 'must be set too: a client certificate needs its private key',
    },
  ];
}

/** What OpenSSL itself does not take, tried one by one, so that the right one is named. */
function contentProblem({ ca, cert, key }: RedisTls): readonly RedisTlsProblem[] {
  const problems: RedisTlsProblem[] = [];
  if (ca && !isAuthorities(ca))
    problems.push({ field: 'ca', problem: 'holds no certificate that can be read' });
  if (cert && !isTaken({ cert }))
    problems.push({ field: 'cert', problem: 'holds no certificate that can be read' });
  if (key && !isTaken({ key }))
    problems.push({ field: 'key', problem: 'holds no key that can be read without a passphrase' });
  if (problems.length === 0 && cert && key && !isTaken({ cert, key }))
    problems.push({ field: 'key', problem: 'is not the key of the certificate' });
  return problems;
}

const certificate = /-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----/gs;

/** OpenSSL passes over authorities that it cannot read. */
function isAuthorities(ca: string): boolean {
  const blocks = ca.match(certificate) ?? [];
  try {
    return blocks.map((block) => new X509Certificate(block)).length > 0;
  } catch {
    return false;
  }
}

function isTaken(context: Pick<RedisTls, 'ca' | 'cert' | 'key'>): boolean {
  try {
    createSecureContext(context);
    return true;
  } catch {
    return false;
  }
}

/** What is wrong with the options `redis` and `redisTls`, in sentences. Total. */
export function redisOptionProblems(redis: unknown, redisTls: unknown): readonly string[] {
  return [redisAddressProblem('redis', redis), ...redisTlsOptionProblems(redis, redisTls)].filter(
    (problem) => problem !== undefined,
  );
}

/** What is wrong with the option `redisTls`, in sentences; undefined is right. Total. */
export function redisTlsOptionProblems(redis: unknown, redisTls: unknown): readonly string[] {
  if (redisTls === undefined) return [];
  if (typeof redisTls !== 'object' || redisTls === null || Array.isArray(redisTls))
    return ['redisTls must be an object with ca, cert, key, serverName.'];
  if (typeof redis !== 'string') return ['redisTls is for an address, not for a connection.'];
  const strange = Object.keys(redisTls).some((key) => !redisTlsFields.some((field) => field === key));
  if (strange) return ['redisTls may hold ca, cert, key and serverName alone.'];
  return redisTlsProblems(redis, redisTls).map(({ field, problem }) => `redisTls.${field} ${problem}.`);
}

/** The Redis of the options `redis` and `redisTls`. */
export const targetOf = (options: {
  readonly redis: string;
  readonly redisTls?: RedisTls | undefined;
}): RedisTarget => ({ address: options.redis, ...(options.redisTls ? { tls: options.redisTls } : {}) });
