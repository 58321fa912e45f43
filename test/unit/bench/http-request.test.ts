import { describe, expect, it } from 'vitest';
import { messageOf } from '../../../bench/contenders/message.ts';
import { countMessages, marksOf, takeRequest } from '../../../bench/processes/http-request.ts';
import { buildXmlRequest } from '../../../src/jetsms/xml/request.ts';

const request = (body: string): string =>
  `POST /xmlsms HTTP/1.1\r\nhost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

describe("the stub provider's HTTP", () => {
  it('waits until a request is whole', () => {
    const whole = request('<a/>');
    for (let length = 0; length < whole.length; length += 1) {
      expect(takeRequest(whole.slice(0, length))).toBeUndefined();
    }
    expect(takeRequest(whole)).toEqual({ body: '<a/>', end: whole.length });
  });

  it('leaves the next request where it is', () => {
    const received = request('<a/>') + request('<b/>');
    const first = takeRequest(received);
    expect(first?.body).toBe('<a/>');
    expect(takeRequest(received.slice(first?.end))?.body).toBe('<b/>');
  });

  it('takes a request without a body', () => {
    expect(takeRequest('GET / HTTP/1.1\r\nhost: x\r\n\r\n')?.body).toBe('');
  });
});

describe('the messages of a document', () => {
  const login = { username: 'bench', password: 'bench', charset: 'utf-8' } as const;
  const parcel = (texts: readonly string[]) => ({
    title: 'BENCH',
    messages: texts.map((text, index) => ({ id: `m${index}`, to: messageOf(index).to, text })),
    deadlineAt: 0,
  });
  const bodyOf = (texts: readonly string[]): string =>
    buildXmlRequest(parcel(texts), login).body.toString('latin1');

  it('are counted in both documents of ours', () => {
    expect(countMessages(bodyOf(['same', 'same', 'same']))).toBe(3);
    expect(countMessages(bodyOf([0, 1, 905_321].map((n) => messageOf(n).text)))).toBe(3);
  });

  it('are none in a question for the credit', () => {
    expect(
      countMessages('<message-context type="examine"><username>bench</username></message-context>'),
    ).toBe(0);
  });

  it('are found by the marks in their texts', () => {
    expect(marksOf(bodyOf(['Kodunuz #17#', 'Kodunuz #1000018#']))).toEqual([17, 1_000_018]);
  });
});
