import { describe, expect, it } from 'vitest';
import { redisRefusals } from '../../../src/queue/redis-refusals.ts';
import {
  isRefusedForGood,
  moreTelling,
  readTrouble,
  redisNotReady,
  silentServer,
} from '../../../src/queue/redis-trouble.ts';

const named = (name: string, message: string): Error => Object.assign(new Error(message), { name });
const reply = (message: string): Error => named('ReplyError', message);
const coded = (code: string): Error => Object.assign(new Error('it failed'), { code });

describe('what a command was answered with', () => {
  it.each([
    ['READONLY', "READONLY You can't write against a read only replica."],
    ['OOM', "OOM command not allowed when used memory > 'maxmemory'."],
    ['BUSY', 'BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.'],
    ['NOPERM', 'EXECABORT Transaction discarded because of: NOPERM this user has no permissions'],
    ['MOVED', 'MOVED 5061 127.0.0.1:7001'],
    ['NOPERM', 'NOPERM No permissions to access a key'],
    ['NOT_REDIS', "ERR unknown command 'evalsha', with args beginning with: '905321234567'"],
  ] as const)('is a refusal for %s: %s', (reason, message) => {
    expect(readTrouble(reply(message))).toEqual({ kind: 'refused', reason });
  });

  it.each([
    [
      'READONLY',
      'ERR Error running script (call to f_0): @user_script:1: -READONLY You can not write against a replica.',
    ],
    ['READONLY', "READONLY You can't write against a read only replica. script: 0, on @user_script:1."],
    ['OOM', "OOM command not allowed when used memory > 'maxmemory'. script: 0, on @user_script:1."],
    ['MISCONF', 'MISCONF Errors writing to the AOF file: disk full script: 0, on @user_script:3.'],
    ['BUSY', 'ERR Script killed by user with SCRIPT KILL... script: 0, on @user_script:1.'],
    [
      'NOPERM',
      "ERR The user executing the script can't run this command or subcommand script: 0, on @user_script:1.",
    ],
    ['NOPERM', "ERR The user executing the script can't access at least one of the keys mentioned"],
    [
      'NOPERM',
      "ERR Error running script (call to f_0): @user_script:1: @user_script: 1: The user executing the script can't run this command or subcommand",
    ],
    [
      'NOPERM',
      "NOPERM ACL failure in script: User u has no permissions to run the 'xadd' command script: 0, on @user_script:1.",
    ],
  ] as const)(
    'is a refusal within a script, of which a part may have been done, for %s: %s',
    (reason, message) => {
      expect(readTrouble(reply(message))).toEqual({ kind: 'refused', reason, inScript: true });
    },
  );

  it('is the refusal behind a transaction that was given up', () => {
    const previousErrors = [reply('OOM command not allowed')];
    const error = Object.assign(reply('EXECABORT Transaction discarded'), { previousErrors });
    expect(readTrouble(error)).toEqual({ kind: 'refused', reason: 'OOM' });
  });

  it.each([
    ['WRONGTYPE', reply('WRONGTYPE Operation against a key')],
    ['ERR', reply('ERR 905321234567')],
    ['UNKILLABLE', reply('UNKILLABLE Sorry the script already executed write commands against the dataset')],
    ['MaxRetriesPerRequestError', named('MaxRetriesPerRequestError', 'Reached the max retries')],
    ['ECONNRESET', coded('ECONNRESET')],
    ['Error', new Error('OOM is only a word here')],
    ['string', 'thrown'],
    ['no answer', undefined],
  ])('is in doubt where it is %s', (cause, error) => {
    expect(readTrouble(error)).toEqual({ kind: 'doubt', cause });
  });

  it('never left where there was no connection', () => {
    const error = new Error("Stream isn't writeable and enableOfflineQueue options is false");
    expect(readTrouble(error)).toMatchObject({ kind: 'unsent' });
  });
});

describe('a connection that did not come about', () => {
  it.each([
    ['refused', 'WRONGPASS', reply('WRONGPASS invalid username-password pair')],
    ['refused', 'DENIED', reply('DENIED Redis is running in protected mode')],
    ['refused', 'TLS', coded('SELF_SIGNED_CERT_IN_CHAIN')],
    ['refused', 'TLS', coded('ERR_TLS_CERT_ALTNAME_INVALID')],
    ['refused', 'NOT_REDIS', new Error('Unknown RESP type 72 "H"')],
    ['unsent', 'ECONNREFUSED', coded('ECONNREFUSED')],
    ['unsent', 'no answer', undefined],
    ['unsent', 'it says nothing', silentServer('it says nothing')],
  ])('is %s: %s', (kind, word, cause) => {
    const trouble = readTrouble(redisNotReady('Redis did not become ready', cause));
    expect(trouble).toEqual(kind === 'refused' ? { kind, reason: word } : { kind, cause: word });
  });

  it('is explained by the refusal, not by what breaks off behind it', () => {
    const refusal = reply('WRONGPASS invalid username-password pair');
    expect(moreTelling(refusal, coded('ECONNRESET'))).toBe(refusal);
    expect(moreTelling(coded('ECONNRESET'), refusal)).toBe(refusal);
    const later = coded('ECONNREFUSED');
    expect(moreTelling(coded('ECONNRESET'), later)).toBe(later);
  });

  it('is waited for where the refusal ends by itself', () => {
    expect(isRefusedForGood(reply('LOADING Redis is loading'))).toBe(false);
    expect(isRefusedForGood(coded('ECONNREFUSED'))).toBe(false);
    expect(isRefusedForGood(reply('WRONGPASS invalid'))).toBe(true);
  });
});

it.each(Object.entries(redisRefusals))(
  '%s says what is wrong and what to do, in whole sentences',
  (_, row) => {
    for (const sentence of [row.meaning, row.whatToDo]) expect(sentence).toMatch(/^[A-Z`].*\.$/);
  },
);
