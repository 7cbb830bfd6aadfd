import type { TabProps } from '../tabs';

export function Details({ deployment }: TabProps) {
  return <>{deployment.name}</>;
}
