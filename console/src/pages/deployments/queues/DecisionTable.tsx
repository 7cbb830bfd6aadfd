import Badge from '@cloudscape-design/components/badge';
import Box from '@cloudscape-design/components/box';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import { sentence } from '~/parts/FailureNote';
import { ResourceTable, type Rows } from '~/parts/ResourceTable';
import { moment, Time } from '~/parts/Time';
import type { Decision } from '../useDecisions';
import { ACTIONS, CAUSES } from './words';

const LOOKS: Record<Decision['action'], StatusIndicatorProps.Type> = {
  LAUNCH: 'success',
  DRAIN: 'info',
  HOLD: 'stopped',
};

interface Props {
  rows: Rows<Decision>;
  hasShadow: boolean;
  /** Whether there may be more than could be read. */
  mayMore: boolean;
}

/** Each decision in words: the same as the chart, for whoever cannot see it or wants to know why. */
export function DecisionTable({ rows, hasShadow, mayMore }: Props) {
  return (
    <ResourceTable
      rows={rows}
      noun="decision"
      title="Decisions"
      description={`Only what is news is written down.${mayMore ? ' The newest 500 are shown.' : ''}`}
      id={each => each.id}
      text={each =>
        [ACTIONS[each.action], CAUSES[each.cause] ?? each.cause, each.reason, each.isShadow ? 'thought' : ''].join(' ')
      }
      sortedBy="at"
      descending
      pageSize={10}
      empty={{ words: 'Nothing was decided in this time.' }}
      columns={[
        {
          id: 'at',
          header: 'When',
          sortingField: 'decidedAt',
          isRowHeader: true,
          minWidth: 130,
          cell: each => (
            <>
              {moment(each.decidedAt)}
              <Box variant="small" color="text-body-secondary" display="block">
                <Time at={each.decidedAt} />
              </Box>
            </>
          ),
        },
        {
          id: 'action',
          header: 'What',
          sortingField: 'action',
          minWidth: 170,
          cell: each => (
            <>
              <StatusIndicator type={LOOKS[each.action]}>{ACTIONS[each.action]}</StatusIndicator>
              {each.isShadow && (
                <Box display="block">
                  <Badge color="grey">only thought</Badge>
                </Box>
              )}
            </>
          ),
        },
        {
          id: 'workers',
          header: 'Workers',
          minWidth: 90,
          cell: each => (each.current === each.target ? each.current : `${each.current} → ${each.target}`),
        },
        {
          id: 'cause',
          header: 'Why',
          sortingField: 'cause',
          minWidth: 150,
          cell: each => CAUSES[each.cause] ?? each.cause,
        },
        { id: 'reason', header: 'In words', minWidth: 260, cell: each => sentence(each.reason) },
        ...(hasShadow ? [{ id: 'style', header: 'Style', minWidth: 90, cell: (each: Decision) => each.style }] : []),
      ]}
    />
  );
}
