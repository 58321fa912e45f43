import { keyedHash } from '../message/keyed-hash.ts';
import type { SendJob } from '../queue/send-job.ts';

/** What a call is known by, so that it can be repeated; hashes that nobody can try out who does not know the secret. */
export interface CallName {
  /** What may be used once. */
  readonly name: string;
  /** What must be the same where it is used again: a hash of `hashLength` characters for each of `contentFields`. */
  readonly content: string;
}

/** What the recipients get; of a message without a medium the last one has no hash. */
export const contentFields = ['to', 'title', 'text', 'media'] as const;

/** 48 bits: two contents of one name do not look alike by chance. */
export const hashLength = 8;

/** Hashes of the fields of a message, in the order of `contentFields`. */
export const contentHash = ([to, title, ...others]: readonly unknown[], secret: string): string =>
  [
    fieldHash(secret, 'to', to),
    titleHash(secret, title),
    ...others.map((field, index) => fieldHash(secret, contentFields[index + 2] ?? 'other', field)),
  ].join('');

const fieldHash = (secret: string, name: string, field: unknown): string =>
  keyedHash(secret, name, [field]).slice(0, hashLength);

/** Nearly every message of an app has the title of the one before it. */
let last: { readonly secret: string; readonly title: unknown; readonly hash: string } = {
  secret: '',
  title: undefined,
  hash: '',
};

function titleHash(secret: string, title: unknown): string {
  if (last.secret === secret && last.title === title) return last.hash;
  last = { secret, title, hash: fieldHash(secret, 'title', title) };
  return last.hash;
}

/** 96 bits: nobody's key meets another's by chance. */
const nameOf = (digest: string): string => digest.slice(0, 16);

/** The name of a message with an idempotency key. */
export const keyedName = (account: string, idempotencyKey: string, secret: string): string =>
  `k${nameOf(keyedHash(secret, 'key', [account, idempotencyKey]))}`;

/** The name of a campaign's job: its place in the campaign. */
export function campaignJobName(
  { account, campaign, title, to, text }: SendJob,
  position: number,
  secret: string,
): CallName {
  const place = nameOf(keyedHash(secret, 'campaign', [account, campaign]));
  return { name: `c${place}-${position}`, content: contentHash([to, title, text], secret) };
}
