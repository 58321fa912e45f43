/** The languages that problems are told in. */
export type Language = 'en' | 'tr';

interface Wish {
  readonly language: string;
  readonly weight: number;
}

/** The language of an answer, by the header Accept-Language: Turkish where it is wished more than English. Total. */
export function languageOf(acceptLanguage: string | undefined): Language {
  // The usual cases need no parsing: most programs send nothing.
  if (acceptLanguage === undefined) return 'en';
  const wishes = acceptLanguage.slice(0, longestHeader).split(',').map(wishIn);
  const weightOf = (language: string): number =>
    Math.max(0, ...wishes.filter((wish) => wish.language === language).map(({ weight }) => weight));
  return weightOf('tr') > weightOf('en') ? 'tr' : 'en';
}

/** What a browser sends is far shorter. */
const longestHeader = 500;

function wishIn(text: string): Wish {
  const [tag = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const [, quality] = parameters.map((one) => /^q=([01](?:\.\d{1,3})?)$/.exec(one)).find(Boolean) ?? [];
  return { language: tag.split('-')[0] ?? '', weight: quality === undefined ? 1 : Number(quality) };
}
