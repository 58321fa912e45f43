import type { ErrorRow } from '../errors/coded-error.ts';
import { fill, type MessageErrorCode, type MessageErrorDetails, messageErrors } from '../message/errors.ts';
import type { ProducerErrorCode } from '../producer/errors.ts';
import { type GatewayErrorCode, gatewayErrors } from './errors.ts';
import type { Language } from './language.ts';
import { producerProblems } from './producer-problems.ts';
import { gatewayErrorsInTurkish, messageErrorsInTurkish } from './turkish.ts';

/** The stable codes that a problem can have. No two of the tables share one. */
export type ProblemCode = MessageErrorCode | ProducerErrorCode | GatewayErrorCode;

/** What of a request is wrong: a place in its body (RFC 6901), a parameter of its address, or a header. */
export type Spot =
  | { readonly pointer: string }
  | { readonly parameter: string }
  | { readonly header: string };

/** One thing that is wrong, in no language yet. Never holds a number or a text. */
export interface Flaw {
  readonly code: ProblemCode;
  readonly details?: MessageErrorDetails;
  readonly at?: Spot;
}

/** A request that is not done, and why. */
export interface Refusal {
  readonly status: number;
  readonly flaws: readonly [Flaw, ...Flaw[]];
  /** When trying again may help, in seconds. */
  readonly retryAfterS?: number;
  readonly facts?: RefusalFacts;
}

/** What else is known of the case. */
export interface RefusalFacts {
  /** False: it is certain that nothing was stored or changed. */
  readonly mayBeStored?: boolean;
  readonly messageId?: string;
  /** Why Redis has refused it. */
  readonly reason?: string;
  /** In what a repeated request differs from the first. */
  readonly fields?: readonly string[];
}

/** A problem as RFC 9457 has it, with our code and all that is wrong. */
export interface Problem extends RefusalFacts {
  /** Where the code is explained, on this gateway. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ProblemCode;
  readonly detail: string;
  readonly errors: readonly ProblemPart[];
}

export interface ProblemPart {
  readonly code: ProblemCode;
  readonly detail: string;
  readonly pointer?: string;
  readonly parameter?: string;
  readonly header?: string;
}

/** A refusal in words. */
export function problemOf({ status, flaws, facts }: Refusal, language: Language): Problem {
  const [first] = flaws;
  return {
    type: `/problems/${first.code}`,
    title: titleOf(status, language),
    status,
    code: first.code,
    detail: sentenceOf(first, language),
    errors: flaws.map((flaw) => ({
      code: flaw.code,
      detail: sentenceOf(flaw, language),
      ...flaw.at,
    })),
    ...facts,
  };
}

/** What a code means and what to do, as the tables have it: with words in braces. */
export function wordsOf(code: ProblemCode, language: Language): ErrorRow {
  if (isIn(messageErrors, code)) return { en: messageErrors, tr: messageErrorsInTurkish }[language][code];
  if (isIn(producerProblems, code)) return producerProblems[code][language];
  return { en: gatewayErrors, tr: gatewayErrorsInTurkish }[language][code];
}

/** Whether a text is one of our codes. */
export const isProblemCode = (text: string): text is ProblemCode =>
  [messageErrors, producerProblems, gatewayErrors].some((table) => Object.hasOwn(table, text));

const isIn = <Code extends string>(table: Readonly<Record<Code, unknown>>, code: string): code is Code =>
  Object.hasOwn(table, code);

/** A flaw in one or two sentences. */
export function sentenceOf({ code, details = {} }: Flaw, language: Language): string {
  const { meaning, whatToDo } = wordsOf(code, language);
  return `${fill(meaning, details)} ${fill(whatToDo, details)}`;
}

const titles: Readonly<Record<number, Readonly<Record<Language, string>>>> = {
  400: { en: 'The request cannot be read', tr: 'İstek okunamıyor' },
  401: { en: 'No valid API key', tr: 'Geçerli bir API anahtarı yok' },
  403: { en: 'Not allowed', tr: 'İzin yok' },
  404: { en: 'Not found', tr: 'Bulunamadı' },
  409: { en: 'Not possible any more', tr: 'Artık olanaklı değil' },
  413: { en: 'Too large', tr: 'Çok büyük' },
  415: { en: 'Content type not supported', tr: 'İçerik türü desteklenmiyor' },
  422: { en: 'It cannot be sent like this', tr: 'Bu haliyle gönderilemez' },
  429: { en: 'Too many requests', tr: 'Çok fazla istek' },
  503: { en: 'Not possible now', tr: 'Şu anda olanaklı değil' },
};

const titleOf = (status: number, language: Language): string =>
  (titles[status] ?? { en: 'Unexpected error', tr: 'Beklenmeyen hata' })[language];
