import { isPartsModel, partsModelNames } from '../message/parts-models.ts';
import { surfaceNames } from '../message/surface.ts';
import { charsets } from '../message/text.ts';

/** Whether a value is an object with fields, and no list. */
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The longest texts that JetSMS lets an account have: one to four parts. */
export const textLengths = [160, 306, 459, 612] as const;

const isOneOf = (choices: readonly unknown[], value: unknown): boolean =>
  value === undefined || choices.includes(value);

const isTextList = (value: unknown): boolean =>
  Array.isArray(value) && Array.from(value).every((text) => typeof text === 'string');

const isSize = (value: unknown): boolean => typeof value === 'number' && Number.isInteger(value) && value > 0;

/** What must be true of an account of a producer, and what is said where it is not; its name may be no name. */
export function rulesForAccount(
  account: unknown,
  position: number,
): readonly (readonly [isMet: boolean, problem: string])[] {
  const at = `of the account at position ${position} must be`;
  if (!isObject(account)) return [[false, `the account at position ${position} must be an object.`]];
  const { title, charset, maxTextLength, partsModel, surface, mmsContentTypes, mmsMaxBytes } = account;
  return [
    [title === undefined || typeof title === 'string', `title ${at} a text.`],
    [isOneOf(charsets, charset), `charset ${at} one of ${charsets.join(', ')}.`],
    [isOneOf(textLengths, maxTextLength), `maxTextLength ${at} one of ${textLengths.join(', ')}.`],
    [
      partsModel === undefined || isPartsModel(partsModel),
      `partsModel ${at} one of ${partsModelNames.join(', ')}.`,
    ],
    [isOneOf(surfaceNames, surface), `surface ${at} one of ${surfaceNames.join(', ')}.`],
    [
      mmsContentTypes === undefined || isTextList(mmsContentTypes),
      `mmsContentTypes ${at} a list of texts such as image/jpeg.`,
    ],
    [mmsMaxBytes === undefined || isSize(mmsMaxBytes), `mmsMaxBytes ${at} a whole number from 1.`],
  ];
}
