import type { TabProps } from '../tabs';

export function Queues({ deployment }: TabProps) {
  return <>{deployment.name}</>;
}
