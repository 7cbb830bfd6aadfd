import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { told } from '~/api/ask';
import { api } from '~/api/client';
import { CannotStart, Starting } from '~/pages/sign-in/Starting';
import { SelfContext } from './self';

/** Nothing is shown before we know who asks. */
export function SelfGate({ children }: { children: ReactNode }) {
  const self = useQuery({ queryKey: ['self'], queryFn: () => told(api.GET('/users/self')), staleTime: 60_000 });
  if (self.error && !self.data) return <CannotStart why={self.error} onRetry={() => void self.refetch()} />;
  if (!self.data) return <Starting />;
  return <SelfContext.Provider value={self.data}>{children}</SelfContext.Provider>;
}
