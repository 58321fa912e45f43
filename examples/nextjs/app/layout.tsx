import type { ReactNode } from 'react';

export default function Layout({ children }: { readonly children: ReactNode }): ReactNode {
  return (
    <html lang="tr">
      <body>{children}</body>
    </html>
  );
}
