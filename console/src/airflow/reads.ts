import { useQuery } from '@tanstack/react-query';
import type { Schemas } from '~/api/client';
import { airflowOf } from './airflow';
import type { Dag, ImportError, Run, TaskInstance } from './types';

type Deployment = Schemas['Deployment'];

const SOON = 4_000;
const CALM = 15_000;
const PAGE = 100;
const MOST = 1_000;
const MOVING = new Set(['running', 'queued', 'scheduled', 'restarting', 'up_for_retry', 'deferred']);

const at = (...parts: string[]) => parts.map(each => `/${encodeURIComponent(each)}`).join('');

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
