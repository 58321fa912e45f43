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
      'action       Complete. The group id is stored where the reply has one.',
      'hint         Nothing to do. The group id names the request when you ask JetSMS about it.',
    ]);
  });

  it('says where a code comes from that JetSMS does not list', () => {
    const lines = render('28 unauthorized ip');
    expect(lines[1]).toBe(
      "meaning  not in the list of JetSMS; public clients take it for: the sender's IP address is not allowed",
    );
    expect(lines.at(-1)).toBe('source   Halildeu/platform-backend (2026)');
  });

  it('says of anything else that it is not a reply', () => {
    expect(render('<html>')[0]).toBe('not a JetSMS reply');
  });
});
