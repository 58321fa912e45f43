import { isIP } from 'node:net';
import { z } from 'zod';
import { type EventType, eventTypes } from '../queue/event-entry.ts';
import { maskRedisAddress, parseRedisAddress, redisAddressForm } from '../queue/redis-address.ts';
import { formatMmsWindows, type MmsWindow, mmsWindowsForm, parseMmsWindows } from './mms-windows.ts';

/**
 * A kind of value: what it accepts in words, how text (environment, files) or JSON becomes the value, and
 * how the value is shown. Messages are made of `accepts`, so that no value is ever repeated in one.
 */
export interface Kind<Value> {
  /** Ends the sentence "must be …". */
  readonly accepts: string;
  readonly schema: z.ZodType<Value>;
  /** What is wrong with a value that was not accepted, where more can be said than `accepts`; repeats nothing of it. */
  problem?(value: unknown): string | undefined;
  show(value: Value): string;
}

/** A number without a fraction, within the limits. */
export function wholeNumber(min: number, max: number): Kind<number> {
  return {
    accepts: `a whole number from ${min} to ${max}`,
    schema: numeric.pipe(z.int().min(min).max(max)),
    show: String,
  };
}

/** Milliseconds, within the limits. */
export function milliseconds(min: number, max: number): Kind<number> {
  return { ...wholeNumber(min, max), accepts: `a whole number of milliseconds from ${min} to ${max}` };
}

/** One of a few numbers. */
export function oneOfNumbers<const Value extends number>(values: readonly Value[]): Kind<Value> {
  return {
    accepts: `one of ${values.join(', ')}`,
    schema: numeric.pipe(z.literal(values)),
    show: String,
  };
}

/** One of a few words. */
export function oneOf<const Value extends string>(values: readonly Value[]): Kind<Value> {
  return { accepts: `one of ${values.join(', ')}`, schema: z.literal(values), show: String };
}

const digits: z.ZodType<number, string> = z.string().trim().regex(/^\d+$/).transform(Number);
const numeric: z.ZodType<number> = z.union([z.number(), digits]);

/** Yes or no. */
export const flag: Kind<boolean> = {
  accepts: 'true or false',
  schema: z.union([z.boolean(), z.stringbool({ truthy: ['true', '1'], falsy: ['false', '0'] })]),
  show: String,
};

/** Any text of one line, not empty. */
export function text(maxLength: number): Kind<string> {
  return {
    accepts: `a text of one line, 1 to ${maxLength} characters`,
    schema: z
      .string()
      .min(1)
      .max(maxLength)
      .regex(/^\P{Cc}+$/u),
    show: String,
  };
}

/** A text that follows a pattern. */
export function pattern(accepts: string, expression: RegExp): Kind<string> {
  return { accepts, schema: z.string().regex(expression), show: String };
}

/** The address of a web service. A login does not belong in it: it would show in logs. */
export const httpUrl: Kind<string> = {
  accepts: 'an http or https address without a login in it, such as https://service.example/xmlsms',
  schema: z.string().refine(isHttpUrl),
  show: String,
};

function isHttpUrl(value: string): boolean {
  const url = URL.parse(value);
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
}

/** Texts in lower case, separated by commas in one text or each by itself. */
const lowerCaseList = z
  .union([z.string().transform((list) => list.split(',')), z.array(z.string()).readonly()])
  .transform((texts) => texts.map((text) => text.trim().toLowerCase()).filter((text) => text !== ''));

/** The address of a webhook endpoint: its path and its query may be what keeps it secret, so only the beginning is shown. */
export const webhookAddress: Kind<string> = {
  accepts: 'an http or https address without a login in it, such as https://app.example/hooks/jetsms',
  schema: z.string().max(2_048).refine(isHttpUrl),
  show: (address) => shownAddress(address),
};

/** An address without what may be secret in it. */
export function shownAddress(address: string): string {
  const url = URL.parse(address);
  return url === null ? '' : `${url.origin}/…`;
}

/** Texts separated by white space in one text, or each by itself. */
const words = z
  .union([z.string().transform((text) => text.split(/\s+/)), z.array(z.string()).readonly()])
  .transform((texts) => texts.map((text) => text.trim()).filter((text) => text !== ''));

/** Secrets of Standard Webhooks. */
export const webhookSecrets: Kind<readonly string[]> = {
  accepts:
    'secrets of the form whsec_‹base64 of 24 to 64 bytes›, several separated by white space while one takes the place of another',
  schema: words.pipe(z.array(z.string().refine(isWebhookSecret)).min(1).max(5)),
  show: () => 'set',
};

function isWebhookSecret(text: string): boolean {
  const bytes = Buffer.from(text.slice(secretPrefix.length), 'base64');
  const isWhole = text === `${secretPrefix}${bytes.toString('base64')}`;
  return isWhole && bytes.length >= 24 && bytes.length <= 64;
}

/** What a secret of Standard Webhooks begins with. */
export const secretPrefix = 'whsec_';

/** Some of the types of events. */
export const someEventTypes: Kind<readonly EventType[]> = {
  accepts: `types of events, separated by commas: ${eventTypes.join(', ')}`,
  schema: lowerCaseList.pipe(z.array(z.string().transform(toEventType))),
  show: (types) => types.join(', '),
};

function toEventType(text: string, context: { addIssue(issue: { code: 'custom'; message: string }): void }) {
  const type = eventTypes.find((known) => known === text);
  if (type !== undefined) return type;
  context.addIssue({ code: 'custom', message: 'no such type' });
  return z.NEVER;
}

/** Names of accounts. */
export const accountNames: Kind<readonly string[]> = {
  accepts: 'names of accounts, separated by commas',
  schema: lowerCaseList.pipe(z.array(z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/)).min(1)),
  show: (names) => names.join(', '),
};

/** Where Redis is: one, behind Sentinels, or a cluster. */
export const redisAddress: Kind<string> = {
  accepts: redisAddressForm,
  schema: z.string().refine((value) => parseRedisAddress(value).problem === undefined),
  problem: (value) => parseRedisAddress(value).problem,
  show: maskRedisAddress,
};

/** Hours of the week. */
export const mmsWindows: Kind<readonly MmsWindow[]> = {
  accepts: mmsWindowsForm,
  schema: z.string().transform((value, context) => {
    const windows = parseMmsWindows(value);
    if (windows !== undefined) return windows;
    context.addIssue({ code: 'custom', message: mmsWindowsForm });
    return z.NEVER;
  }),
  show: (windows) => formatMmsWindows(windows),
};

/** `type/subtype`, as RFC 6838 names media. */
const mediaType = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,62}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,62}$/;

/** MIME types, separated by commas. */
export const contentTypes: Kind<readonly string[]> = {
  accepts: "content types such as 'image/jpeg, image/png'",
  schema: lowerCaseList.pipe(z.array(z.string().regex(mediaType)).min(1)),
  show: (types) => types.join(', '),
};

/** Certificates and keys as files hold them. */
export const pem: Kind<string> = {
  accepts: 'a text in PEM: -----BEGIN …',
  schema: z
    .string()
    .max(100_000)
    .regex(/^\s*-----BEGIN [A-Z0-9 ]+-----[\s\S]+-----END [A-Z0-9 ]+-----\s*$/),
  show: () => 'set',
};

/** IP addresses and networks, separated by commas. */
export const networks: Kind<readonly string[]> = {
  accepts: "IP addresses or networks such as '10.0.3.7, 192.168.0.0/24'",
  schema: lowerCaseList.pipe(z.array(z.string().refine(isNetwork)).min(1)),
  show: (list) => list.join(', '),
};

/** A network of length 0 would be everybody. */
function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const mostBits = { 0: 0, 4: 32, 6: 128 }[isIP(address)] ?? 0;
  if (rest.length > 0 || mostBits === 0 || address.includes('%')) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= mostBits);
}
