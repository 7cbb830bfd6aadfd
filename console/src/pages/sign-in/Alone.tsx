import type { ReactNode } from 'react';

/** A page of its own, before anybody has signed in. */
export function Alone({ children }: { children: ReactNode }) {
  return (
    <main className="alone">
      <div className="alone-sky" aria-hidden="true" />
      <div className="alone-card">{children}</div>
    </main>
  );
}
