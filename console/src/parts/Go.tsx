import Button, { type ButtonProps } from '@cloudscape-design/components/button';
import Link, { type LinkProps } from '@cloudscape-design/components/link';
import { useRouter } from '@tanstack/react-router';

/** A link to a page of the console: an ordinary one (opens in a new tab, can be copied) that does not reload the program. */
export function Go({ to, ...rest }: { to: string } & Omit<LinkProps, 'href' | 'onFollow'>) {
  const router = useRouter();
  return <Link {...rest} href={to} onFollow={event => follow(event, () => router.navigate({ href: to }))} />;
}

export function GoButton({ to, ...rest }: { to: string } & Omit<ButtonProps, 'href' | 'onFollow'>) {
  const router = useRouter();
  return <Button {...rest} href={to} onFollow={event => follow(event, () => router.navigate({ href: to }))} />;
}

function follow(event: { preventDefault: () => void; detail: { external?: boolean } }, go: () => unknown): void {
  if (event.detail.external) return;
  event.preventDefault();
  go();
}
