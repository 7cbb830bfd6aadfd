import type { TabProps } from '../tabs';

export function Overview({ deployment }: TabProps) {
  return <>{deployment.name}</>;
}
