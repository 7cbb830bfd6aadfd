/** What Airflow's own API (`/api/v2`) tells, as much of it as pages show. */
export interface Dag {
  dag_id: string;
  dag_display_name: string;
  description: string | null;
  is_paused: boolean;
  timetable_summary: string | null;
  timetable_description: string | null;
  next_dagrun_run_after: string | null;
  tags: { name: string }[];
  has_import_errors: boolean;
  owners: string[];
}

export interface Run {
  dag_id: string;
  dag_run_id: string;
  state: string;
  run_type: string;
  run_after: string;
  logical_date: string | null;
  start_date: string | null;
  end_date: string | null;
  conf: Record<string, unknown> | null;
}

export interface TaskInstance {
  task_id: string;
  map_index: number;
  try_number: number;
  state: string | null;
  start_date: string | null;
  end_date: string | null;
  /** Seconds. */
  duration: number | null;
  queue: string | null;
  operator_name: string | null;
}

/** A line of a task's log: what was said, and under names of its own what else the logger knew. */
export interface TaskLogLine {
  event: string;
  timestamp?: string | null;
  level?: string;
  /** What went wrong, the last of it first. */
  error_detail?: {
    exc_type: string;
    exc_value: string;
    frames: { filename: string; lineno: number; name: string }[];
  }[];
}

export interface ImportError {
  import_error_id: number;
  timestamp: string;
  filename: string;
  stack_trace: string;
}
