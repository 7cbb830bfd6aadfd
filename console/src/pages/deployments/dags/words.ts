import type { Run, TaskInstance } from '~/airflow/types';
import { duration } from '~/parts/Time';

/** A task as people call it, with its number where there are several of it. */
export const taskName = ({ task_id: id, map_index: index }: Pick<TaskInstance, 'task_id' | 'map_index'>) =>
  index < 0 ? id : `${id} [${index}]`;

/** How long a run or a task took, or has been taking. */
export function took(one: Pick<Run, 'start_date' | 'end_date'>): string {
  if (!one.start_date) return '–';
  const end = one.end_date ? new Date(one.end_date).getTime() : Date.now();
  return duration((end - new Date(one.start_date).getTime()) / 1000);
}
