import { createContext, useContext } from 'react';
import type { Schemas } from '~/api/client';

/** Who has signed in, and the Organization that they act in. */
export type Self = Schemas['SelfUser'];

export const SelfContext = createContext<Self | undefined>(undefined);

export function useSelf(): Self {
  const self = useContext(SelfContext);
  if (!self) throw new Error('this is shown to people who have signed in');
  return self;
}
