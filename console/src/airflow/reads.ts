import { useQuery } from '@tanstack/react-query';
import type { Schemas } from '~/api/client';
import { airflowOf } from './airflow';
import type { Dag, ImportError, Run, TaskInstance, TaskLogLine } from './types';

type Deployment = Schemas['Deployment'];

const SOON = 4_000;
const CALM = 15_000;
const PAGE = 100;
const MOST = 1_000;
const MOVING = new Set(['running', 'queued', 'scheduled', 'restarting', 'up_for_retry', 'deferred']);

const at = (...parts: string[]) => parts.map(each => `/${encodeURIComponent(each)}`).join('');

/** Which task of which run; `mapIndex` is -1 for one that is not mapped. */
export interface TaskOfRun {
  dagId: string;
  runId: string;
  taskId: string;
  mapIndex: number;
}

const atTask = ({ dagId, runId, taskId }: TaskOfRun) => `/dags${at(dagId, 'dagRuns', runId, 'taskInstances', taskId)}`;

/** Whether a task will still do something by itself. */
export const isMoving = (state: string | null) => MOVING.has(state ?? '');

/** Every DAG that one may see, up to a thousand. */
export function useDags(deployment: Deployment) {
  return useQuery({
    queryKey: ['airflow', deployment.id, 'dags'],
    queryFn: async ({ signal }) => {
      const found: Dag[] = [];
      for (let offset = 0; offset < MOST; offset += PAGE) {
        const path = `/dags?limit=${PAGE}&offset=${offset}&order_by=dag_id`;
        const page = await airflowOf(deployment).get<{ dags: Dag[]; total_entries: number }>(path, signal);
        found.push(...page.dags);
        if (page.dags.length === 0 || found.length >= page.total_entries) break;
      }
      return found;
    },
    refetchInterval: CALM,
  });
}

export function useDag(deployment: Deployment, dagId: string) {
  return useQuery({
    queryKey: ['airflow', deployment.id, 'dag', dagId],
    queryFn: ({ signal }) => airflowOf(deployment).get<Dag>(`/dags${at(dagId)}`, signal),
    refetchInterval: CALM,
  });
}

/** The newest runs of a DAG; looked at more often while one of them runs. */
export function useRuns(deployment: Deployment, dagId: string, limit: number) {
  return useQuery({
    queryKey: ['airflow', deployment.id, 'runs', dagId, limit],
    queryFn: ({ signal }) =>
      airflowOf(deployment).get<{ dag_runs: Run[]; total_entries: number }>(
        `/dags${at(dagId)}/dagRuns?limit=${limit}&order_by=-run_after`,
        signal,
      ),
    refetchInterval: query => (query.state.data?.dag_runs.some(each => MOVING.has(each.state)) ? SOON : CALM),
  });
}

export function useRun(deployment: Deployment, dagId: string, runId: string) {
  return useQuery({
    queryKey: ['airflow', deployment.id, 'run', dagId, runId],
    queryFn: ({ signal }) => airflowOf(deployment).get<Run>(`/dags${at(dagId, 'dagRuns', runId)}`, signal),
    refetchInterval: query => (query.state.data && MOVING.has(query.state.data.state) ? SOON : CALM),
  });
}

export function useTaskInstances(deployment: Deployment, dagId: string, runId: string, moves: boolean) {
  return useQuery({
    queryKey: ['airflow', deployment.id, 'tasks', dagId, runId],
    queryFn: async ({ signal }) => {
      const found: TaskInstance[] = [];
      for (let offset = 0; offset < MOST; offset += PAGE) {
        const path = `/dags${at(dagId, 'dagRuns', runId)}/taskInstances?limit=${PAGE}&offset=${offset}`;
        const page = await airflowOf(deployment).get<{ task_instances: TaskInstance[]; total_entries: number }>(
          path,
          signal,
        );
        found.push(...page.task_instances);
        if (page.task_instances.length === 0 || found.length >= page.total_entries) break;
      }
      return found;
    },
    refetchInterval: moves ? SOON : CALM,
  });
}

export function useTaskInstance(deployment: Deployment, task: TaskOfRun) {
  return useQuery({
    queryKey: ['airflow', deployment.id, 'task', task],
    queryFn: ({ signal }) =>
      airflowOf(deployment).get<TaskInstance>(
        `${atTask(task)}${task.mapIndex < 0 ? '' : at(String(task.mapIndex))}`,
        signal,
      ),
    refetchInterval: query => (isMoving(query.state.data?.state ?? null) ? SOON : CALM),
  });
}

/** What a task wrote in one of its tries; read again while it `moves`. */
export function useTaskLog(deployment: Deployment, task: TaskOfRun, tryNumber: number, moves: boolean) {
  return useQuery({
    // whether it moves belongs to the name: its last words are read once more when it has ended
    queryKey: ['airflow', deployment.id, 'log', task, tryNumber, moves],
    queryFn: async ({ signal }) => {
      const path = `${atTask(task)}${at('logs', String(tryNumber))}?map_index=${task.mapIndex}&full_content=true`;
      let found: (TaskLogLine | string)[] = [];
      let token = '';
      for (;;) {
        const page = await airflowOf(deployment).get<{
          content: (TaskLogLine | string)[];
          continuation_token: string | null;
        }>(token ? `${path}&token=${encodeURIComponent(token)}` : path, signal);
        found = found.concat(page.content);
        const next = page.continuation_token;
        // one that still writes has no end to read to: the next look has what came meanwhile
        if (moves || page.content.length === 0 || !next || next === token) return found;
        token = next;
      }
    },
    enabled: tryNumber > 0,
    // the words of one try must not stand for another's
    placeholderData: (kept, before) => (before?.queryKey[4] === tryNumber ? kept : undefined),
    refetchInterval: moves && SOON,
  });
}

export function useImportErrors(deployment: Deployment) {
  return useQuery({
    queryKey: ['airflow', deployment.id, 'import-errors'],
    queryFn: ({ signal }) =>
      airflowOf(deployment).get<{ import_errors: ImportError[]; total_entries: number }>(
        '/importErrors?limit=50',
        signal,
      ),
    refetchInterval: CALM,
  });
}
