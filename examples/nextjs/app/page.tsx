import type { ReactNode } from 'react';
import { LinkForm } from './link-form.tsx';

export default function Page(): ReactNode {
  return <LinkForm order="1842" />;
}
