import Alert from '@cloudscape-design/components/alert';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import { useImportErrors } from '~/airflow/reads';
import { Time } from '~/parts/Time';
import type { TabProps } from '../tabs';

/** Files whose DAGs Airflow could not read, and why. Who has roles on single DAGs alone may not see them. */
export function ImportErrors({ deployment }: Pick<TabProps, 'deployment'>) {
  const errors = useImportErrors(deployment);
  const found = errors.data?.import_errors ?? [];
  if (found.length === 0) return null;
  return (
    <Alert
      type="error"
      header={found.length === 1 ? 'A file could not be read' : `${errors.data?.total_entries} files could not be read`}
    >
      {found.map(each => (
        <ExpandableSection
          key={each.import_error_id}
          headerText={each.filename}
          headerDescription={last(each.stack_trace)}
          defaultExpanded={found.length === 1}
        >
          <pre className="trace">{each.stack_trace}</pre>
          <Time at={each.timestamp} />
        </ExpandableSection>
      ))}
    </Alert>
  );
}

/** The line of a traceback that says what went wrong. */
const last = (trace: string) => trace.trim().split('\n').at(-1)?.slice(0, 200);
