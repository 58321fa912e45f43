/** What the web service does with a request in which a text is too long: refuse all, send the others, send all. */
export const lengthRules = ['RejectAllPackage', 'SendOtherMessages', 'SendAllPackage'] as const;
export type LengthRule = (typeof lengthRules)[number];
