import type { Schemas } from '~/api/client';

/** What the choices of a Deployment are called, and what each one means. */

export const EXECUTORS: Record<Schemas['Executor'], { name: string; means: string }> = {
  CELERY: { name: 'Celery', means: 'Workers take tasks from queues and run many at a time. Starts tasks fastest.' },
  ASTRO: { name: 'Astro', means: 'Workers ask Airflow’s own API for tasks. For Airflow 3.' },
  KUBERNETES: { name: 'Kubernetes', means: 'Each task gets a pod of its own.' },
};

export const SCHEDULERS: Record<Schemas['SchedulerSize'], string> = {
  SMALL: 'Small',
  MEDIUM: 'Medium',
  LARGE: 'Large',
  EXTRA_LARGE: 'Extra large',
};

export const STYLES: Record<Schemas['Style'], { name: string; means: string }> = {
  BALANCED: {
    name: 'Balanced',
    means: 'Workers are there when tasks are due. Runs take hardly longer than they must.',
  },
  ECONOMY: { name: 'Economy', means: 'Tasks may wait a while, so that fewer workers start. Costs less.' },
};
