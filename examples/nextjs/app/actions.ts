'use server';

import { isMessageError, isProducerError } from 'jetsms-producer';
import { jetsms } from '../lib/jetsms.ts';

export interface LinkState {
  readonly sent: boolean;
  readonly say: string;
}

/** Texts the link of an order to the number of the form. Called twice for the same, it texts once. */
export async function sendLink(_previous: LinkState, form: FormData): Promise<LinkState> {
  // An action is a public endpoint. Here belongs the check of who calls, whether the order is theirs, and how often.
  const order = String(form.get('order'));
  const to = String(form.get('phone') ?? '');
  try {
    await jetsms().send({
      to,
      text: `Siparişiniz: https://firma.example/s/${order}`,
      idempotencyKey: `order-${order}-link`,
    });
    return { sent: true, say: 'Mesajınız yola çıktı.' };
  } catch (error) {
    return { sent: false, say: sayOf(error) };
  }
}

/** What a person is told; what is no fault of theirs is thrown on, to Next's error page and log. */
function sayOf(error: unknown): string {
  if (isMessageError(error) && error.field === 'to') return 'Bu bir cep telefonu numarası değil.';
  if (!isProducerError(error)) throw error;
  if (error.code === 'IDEMPOTENCY_CONFLICT') return 'Bağlantı başka bir numaraya gönderildi.';
  if (error.code === 'REDIS_UNAVAILABLE') return 'Şu anda gönderilemiyor; lütfen yeniden deneyin.';
  throw error;
}
