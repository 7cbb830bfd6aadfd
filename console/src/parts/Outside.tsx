import Link from '@cloudscape-design/components/link';
import type { ReactNode } from 'react';

/** A link to where a tenant's address leads, in a tab of its own; anything but http(s) stays text. */
export function Outside({ href, children }: { href: string | null | undefined; children: ReactNode }) {
  if (!href || !/^https?:\/\//i.test(href)) return <>{children}</>;
  return (
    <Link href={href} external externalIconAriaLabel="Opens in a new tab" variant="primary" fontSize="inherit">
      {children}
    </Link>
  );
}
