import { describe, expect, it } from 'vitest';
import { renderExplanation } from '../../../../src/cli/render/explanation.ts';
import { explain } from '../../../../src/codes/index.ts';

const render = (reply: string) => renderExplanation(explain(reply), 200).map((line) => line.trim());

describe('renderExplanation', () => {
  it('shows the reply, and what is known of it', () => {
    expect(render('00 130228114512')).toEqual([
      '00 130228114512',
      'meaning      accepted; the rest is the group id',
      'description  SMS Gönderimi Başarılı',
      'class        accepted',
      'group id     130228114512',
      'action       Complete: the group id is stored.',
      'hint         Nothing to do. The group id names the request when you ask JetSMS about it.',
    ]);
  });

  it('says of anything else that it is not a reply', () => {
    expect(render('<html>')[0]).toBe('not a JetSMS reply');
  });
});
