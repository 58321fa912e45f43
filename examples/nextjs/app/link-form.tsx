'use client';

import { type ReactNode, useActionState } from 'react';
import { sendLink } from './actions.ts';

export function LinkForm({ order }: { readonly order: string }): ReactNode {
  const [state, action, isPending] = useActionState(sendLink, { sent: false, say: '' });
  return (
    <form action={action}>
      <input type="hidden" name="order" value={order} />
      <label>
        Cep telefonu <input name="phone" type="tel" required />
      </label>
      <button type="submit" disabled={isPending || state.sent}>
        Bağlantıyı gönder
      </button>
      <output>{state.say}</output>
    </form>
  );
}
