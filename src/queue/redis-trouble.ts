import { isReason, passes, type RefusalReason } from './redis-refusals.ts';

/** Why Redis did not do something, and what is certain about it. */
export type RedisTrouble =
  /**
   * Redis said no: nothing was done. In the middle of a script it said no to one of its commands: those before may have
   * been done.
   */
  | { readonly kind: 'refused'; readonly reason: RefusalReason; readonly inScript?: true }
  /** There was no connection: nothing has left. */
  | { readonly kind: 'unsent'; readonly cause: string }
  /** It was done, and too few replicas have said so: a failover may lose it. */
  | { readonly kind: 'unconfirmed'; readonly cause: string }
  /** It has left, and no answer came: perhaps it was done. */
  | { readonly kind: 'doubt'; readonly cause: string };

const silent = 'SilentServer';

/** What listens in the place of Redis has not said a word. The message says what it does instead. */
export const silentServer = (message: string): Error => Object.assign(new Error(message), { name: silent });

const noneNamed = 'NoPrimary';

/** No Sentinel has named a primary. The message says what each of them did; `reason` why waiting does not help. */
export const noPrimary = (message: string, reason: RefusalReason | undefined): Error =>
  Object.assign(new Error(message), { name: noneNamed, reason });

const unconfirmed = 'NotConfirmed';

/** It was done, and too few replicas have confirmed it. @param message what they said */
export const notConfirmed = (message: string, cause: unknown): Error =>
  Object.assign(new Error(message, { cause }), { name: unconfirmed });

const notReady = 'RedisNotReady';

/** Redis could not take commands in time. Its cause is what the connection said last. */
export const redisNotReady = (message: string, cause: unknown): Error =>
  Object.assign(new Error(message, { cause }), { name: notReady });

const unsent = 'NotSent';

/** A command was not written, because the node of its key was not there. */
export const notSent = (): Error => Object.assign(new Error('no connection'), { name: unsent });

const isUnsent = (error: unknown): boolean =>
  (error instanceof Error && error.name === unsent) ||
  /^(?:Stream isn|None of startup nodes is available)/.test(messageOf(error));

/**
 * What keeps a cluster from being spoken to, by what each of its nodes said: why one refuses, else a word of each. Undefined where
 * none said anything.
 */
export function toldByNodes(told: ReadonlyMap<string, Error>): Error | undefined {
  const refusal = [...told.values()].find((error) => connectionTrouble(error).kind === 'refused');
  if (refusal || told.size === 0) return refusal;
  const words = [...told].map(
    ([address, error]) => `${address} ${isLate(error) ? 'says nothing' : causeOf(error)}`,
  );
  const message = words.join(', ');
  return [...told.values()].every(isLate) ? silentServer(message) : unreachable(message);
}

const unreachableName = 'UnreachableNodes';
const unreachable = (message: string): Error => Object.assign(new Error(message), { name: unreachableName });

/** What ioredis says of a node that does not say which slots are whose. */
const isLate = ({ message }: Error): boolean => message === 'timeout';

/** Whether all that is known is that what listens there has not said a word. */
export const isSilence = (error: unknown): boolean => error instanceof Error && error.name === silent;

/** Reads what a command, or the wait for a connection, has thrown. Total. */
export function readTrouble(error: unknown): RedisTrouble {
  if (error instanceof Error && error.name === notReady) return connectionTrouble(error.cause);
  if (error instanceof Error && error.name === unconfirmed)
    return { kind: 'unconfirmed', cause: wordOfUnconfirmed(error) };
  // ioredis has no code for a command that it did not write, because there was no connection.
  if (isUnsent(error)) return { kind: 'unsent', cause: 'no connection' };
  const refusal = isReply(error) ? refusalIn(error) : undefined;
  return refusal ? { kind: 'refused', ...refusal } : { kind: 'doubt', cause: causeOf(error) };
}

/** Whether a connection was refused for a reason that does not end by itself: waiting for it helps nobody. */
export function isRefusedForGood(error: Error): boolean {
  const trouble = connectionTrouble(error);
  return trouble.kind === 'refused' && !passes(trouble.reason);
}

/** The error that tells most of why there is no connection: a refusal stays, though what it ends breaks off behind it. */
export function moreTelling(before: Error | undefined, error: Error): Error {
  const isRefusal =
    connectionTrouble(before).kind === 'refused' && connectionTrouble(error).kind !== 'refused';
  return isRefusal && before ? before : error;
}

/** What a connection says of itself that never came to be: whatever it is, nothing has left. */
function connectionTrouble(error: unknown): RedisTrouble {
  const reason = isReply(error) ? refusalIn(error)?.reason : refusalOfConnection(error);
  return reason === undefined ? { kind: 'unsent', cause: causeOf(error) } : { kind: 'refused', reason };
}

const tlsCode = /^(?:CERT_|ERR_TLS_|ERR_SSL_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|HOSTNAME_MISMATCH|EPROTO)/;

function refusalOfConnection(error: unknown): RefusalReason | undefined {
  if (error instanceof Error && error.name === noneNamed && 'reason' in error) return reasonOr(error.reason);
  if (tlsCode.test(codeOf(error))) return 'TLS';
  return messageOf(error).startsWith('Unknown RESP type') ? 'NOT_REDIS' : undefined;
}

/** An error that Redis replied with, as opposed to one of the connection. */
const isReply = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'ReplyError' || tooOften.test(error.message));

/** What ioredis puts before the reply of a cluster that has turned a command away too often. */
const tooOften = /^Too many Cluster redirections\. Last error: ReplyError: /;

/** Redis before version 7 puts the word of a script's error behind its own sentence. */
const wordInScript = /-([A-Z]{3,}) /;

/** Replies that begin with ERR and yet say for certain that nothing was done, or not the command that they are about. */
const errReplies: readonly (readonly [RegExp, RefusalReason])[] = [
  [/^ERR unknown command/, 'NOT_REDIS'],
  [/^ERR This instance has cluster support disabled/, 'NO_CLUSTER'],
  // A script came to a key that is being moved to another node.
  [/Script attempted to access a non local key/, 'TRYAGAIN'],
  [/^ERR invalid password/, 'WRONGPASS'],
  [/^ERR operation not permitted/, 'NOAUTH'],
  // Redis before version 7.2, of a command within a script.
  [/The user executing the script (?:can't|is lacking the permissions)/, 'NOPERM'],
  // Redis lets only a script be ended that has written nothing.
  [/Script killed by user/, 'BUSY'],
];

/** How Redis says where in a script something went wrong: since version 7, before that, and of rights. */
const scriptPlace = / script: \S+, on @user_|Error running script|(?:executing the|failure in) script/;

type Refusal = Pick<Extract<RedisTrouble, { readonly kind: 'refused' }>, 'reason' | 'inScript'>;

function refusalIn(error: unknown): Refusal | undefined {
  const first = mostTelling(previousErrorsOf(error));
  if (first !== undefined) return refusalIn(first);
  const message = messageOf(error).replace(tooOften, '');
  const reason = reasonIn(message);
  if (reason === undefined) return undefined;
  return scriptPlace.test(message) ? { reason, inScript: true } : { reason };
}

/** Of the command that ends a transaction Redis says so: what was wrong with that command itself. */
const reasonOfAbort = /^EXECABORT .*because of: ([A-Z]+) /;

function reasonIn(message: string): RefusalReason | undefined {
  const ofAbort = reasonOfAbort.exec(message)?.[1] ?? '';
  if (isReason(ofAbort)) return ofAbort;
  const word = /^[A-Z]+/.exec(message)?.[0] ?? '';
  if (isReason(word)) return word;
  const inScript = wordInScript.exec(message)?.[1] ?? '';
  if (isReason(inScript)) return inScript;
  return errReplies.find(([pattern]) => pattern.test(message))?.[1];
}

/**
 * Of what the commands of a transaction were answered with, why it was given up. A cluster that moves its keys sends one command to
 * the other node, and lets the next try again: then that is what to do.
 */
export const mostTelling = <T>(errors: readonly T[]): T | undefined =>
  errors.find((error) => messageOf(error).startsWith('TRYAGAIN')) ?? errors[0];

/** Why a transaction was given up: what its commands were answered with. */
function previousErrorsOf(error: unknown): readonly unknown[] {
  if (!(error instanceof Error) || !('previousErrors' in error)) return [];
  return Array.isArray(error.previousErrors) ? error.previousErrors : [];
}

const reasonOr = (value: unknown): RefusalReason | undefined =>
  typeof value === 'string' && isReason(value) ? value : undefined;

/**
 * Whether the connection broke off in the midst of a transaction's answers: of all commands, only those are not sent again
 * by ioredis.
 */
export const isCutOff = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError';

/** Whether something of another type lies where the command looked: nobody of ours put it there. */
export const isOfAnotherType = (error: unknown): boolean => messageOf(error).startsWith('WRONGTYPE');

/** Whether Redis, or the way to it, is the trouble: anything else that was thrown is a fault of ours. */
export const isOfRedis = (error: unknown): boolean => isCutOff(error) || readTrouble(error).kind !== 'doubt';

/** Whether what can be repeated is worth repeating at once: the trouble is with Redis, and is over within seconds. */
export function isSoonOver(error: unknown): boolean {
  const trouble = readTrouble(error);
  return (
    isCutOff(error) || trouble.kind === 'unsent' || (trouble.kind === 'refused' && passes(trouble.reason))
  );
}

const turnedAway: ReadonlySet<string> = new Set(['READONLY', 'MASTERDOWN', 'UNBLOCKED', 'LOADING']);

/** Whether the server is not, or not yet, the one to speak to: a new connection may lead to the right one. */
export const isTurnedAway = (trouble: RedisTrouble): boolean =>
  trouble.kind === 'refused' && turnedAway.has(trouble.reason);

/** What was answered instead of a number, such as a missing right, says more. */
function wordOfUnconfirmed({ message, cause }: Error): string {
  const trouble = cause === undefined ? undefined : readTrouble(cause);
  if (trouble === undefined) return message;
  return trouble.kind === 'refused' ? trouble.reason : `${message}: ${trouble.cause}`;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : '');

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

/** Errors of ours that say all that is known in words of ours. */
const ownWords: ReadonlySet<string> = new Set([silent, noneNamed, unreachableName]);

/** A word for people that repeats nothing of what was asked: a code, Redis' own word, or the kind of error. */
function causeOf(error: unknown): string {
  if (error === undefined) return 'no answer';
  if (error instanceof Error && ownWords.has(error.name)) return error.message;
  const word = isReply(error) ? /^[A-Z]+/.exec(messageOf(error))?.[0] : codeOf(error);
  return word || (error instanceof Error ? error.name : typeof error);
}
