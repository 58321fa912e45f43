import { expect, it } from 'vitest';
import { mediaRules } from '../../../src/message/media.ts';
import { checkMms } from '../../../src/message/mms.ts';

it('refuses a list of recipients with a hole, which would be a recipient without a number', () => {
  const rules = {
    ...mediaRules,
    surface: 'web-service',
    charset: 'utf-8',
    maxTextLength: 160,
    maxRecipients: 10,
    nowMs: 0,
  } as const;
  const mms = { subject: '', media: { contentType: 'image/gif', data: Buffer.from('x') }, title: 'FIRMA' };
  const to: string[] = [];
  to[1] = '05321234567';
  expect(() => checkMms({ ...mms, to }, rules)).toThrow(
    expect.objectContaining({ code: 'NUMBER_EMPTY', field: 'to[0]' }),
  );
});
