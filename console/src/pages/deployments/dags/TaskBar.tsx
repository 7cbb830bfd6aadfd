import type { Run, TaskInstance } from '~/airflow/types';

const time = (at: string | null) => (at ? new Date(at).getTime() : Date.now());

/** When a task ran within its run, as a bar; the columns beside it say the same in words. */
export function TaskBar({ task, run }: { task: TaskInstance; run: Run }) {
  if (!task.start_date || !run.start_date) return null;
  const [from, span] = [time(run.start_date), Math.max(time(run.end_date) - time(run.start_date), 1)];
  const left = Math.min(Math.max((time(task.start_date) - from) / span, 0), 0.98);
  const width = Math.min(Math.max((time(task.end_date) - time(task.start_date)) / span, 0.02), 1 - left);
  return (
    <span className="task-bar" aria-hidden="true">
      <span
        className={`run-${task.state}`}
        style={{ insetInlineStart: `${left * 100}%`, inlineSize: `${width * 100}%` }}
      />
    </span>
  );
}
