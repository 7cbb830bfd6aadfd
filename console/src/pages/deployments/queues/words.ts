import type { Schemas } from '~/api/client';

export const ACTIONS: Record<Schemas['ScalingDecision']['action'], string> = {
  LAUNCH: 'Start workers',
  DRAIN: 'Let workers go',
  HOLD: 'Leave as it is',
};

/** The rule that decided, as docs/hypervisor.md tells them. */
export const CAUSES: Record<string, string> = {
  SILENT: 'The cluster was not heard',
  CLOSING: 'The queue closes',
  OVER_CEILING: 'More than may run',
  DEMAND: 'Too few for what waits',
  AHEAD: 'Too few for what is coming',
  AT_CEILING: 'As many as may run',
  RIGHT_SIZED: 'As many as are needed',
  AT_REST: 'Nothing to do',
  ALL_BUSY: 'All are busy',
  JUST_IDLE: 'Idle for too short a time',
  IDLE: 'Idle and not needed',
  PACKED: 'Fewer can hold what comes',
};

export const ADVICE: Record<Schemas['ScalingAdvice']['kind'], string> = {
  FLOOR: 'Fewest workers',
  CEILING_UNUSED: 'Most workers, never reached',
  CEILING_REACHED: 'Most workers, too few',
  CONCURRENCY: 'Tasks at a time',
  STYLE: 'Style',
};
