import { useCollection } from '@cloudscape-design/collection-hooks';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Pagination from '@cloudscape-design/components/pagination';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import type { ReactNode } from 'react';
import { FailureNote } from './FailureNote';

/** A query of TanStack's, as much of it as a table needs. */
export interface Rows<T> {
  data: readonly T[] | undefined;
  error: unknown;
  isPending: boolean;
  refetch: () => unknown;
}

interface Props<T> {
  rows: Rows<T>;
  /** What one row is called: "Deployment". */
  noun: string;
  plural?: string;
  columns: TableProps.ColumnDefinition<T>[];
  id: (row: T) => string;
  /** All that the filter looks at in a row. */
  text: (row: T) => string;
  /** What an empty table says, and what one can do about it. */
  empty: { words: string; action?: ReactNode };
  actions?: ReactNode;
  /** Filters beside the text filter. */
  filters?: ReactNode;
  title?: string;
  description?: ReactNode;
  variant?: TableProps.Variant;
  sortedBy?: string;
  descending?: boolean;
  pageSize?: number;
  /** How many rows there are before a filter is worth its place. */
  filtersFrom?: number;
}

/** A list of things: filtered, sorted and paged in the browser, with its loading, empty, nothing-found and error states. */
export function ResourceTable<T>(props: Props<T>) {
  const { rows, noun, columns } = props;
  const plural = props.plural ?? `${noun}s`;
  const sorted = columns.find(each => each.id === props.sortedBy) ?? columns[0]!;
  const { items, filterProps, collectionProps, paginationProps, filteredItemsCount, actions } = useCollection<T>(
    rows.data ?? [],
    {
      filtering: {
        filteringFunction: (row, words) => props.text(row).toLowerCase().includes(words.toLowerCase()),
      },
      sorting: { defaultState: { sortingColumn: sorted, isDescending: props.descending ?? false } },
      pagination: { pageSize: props.pageSize ?? 20 },
    },
  );
  if (rows.error && !rows.data) {
    return (
      <FailureNote title={`The ${plural} could not be read`} thrown={rows.error} onRetry={() => void rows.refetch()} />
    );
  }
  const title = props.title ?? (props.actions ? plural : undefined);
  return (
    <Table<T>
      {...collectionProps}
      items={items}
      trackBy={props.id}
      columnDefinitions={columns.map(each => ({ minWidth: each.width ?? 120, ...each }))}
      variant={props.variant ?? 'container'}
      loading={rows.isPending}
      loadingText={`Reading ${plural} …`}
      wrapLines
      ariaLabels={{ tableLabel: title ?? plural }}
      empty={
        filterProps.filteringText ? (
          <Empty words={`No ${noun} matches.`}>
            <Button onClick={() => actions.setFiltering('')}>Clear the filter</Button>
          </Empty>
        ) : (
          <Empty words={props.empty.words}>{props.empty.action}</Empty>
        )
      }
      header={
        title && (
          <Header
            variant={props.variant === 'full-page' ? 'h1' : 'h2'}
            counter={rows.data ? `(${rows.data.length})` : undefined}
            actions={props.actions}
            description={props.description}
          >
            {title}
          </Header>
        )
      }
      filter={
        ((rows.data?.length ?? 0) > (props.filtersFrom ?? 1) - 1 || props.filters) && (
          <SpaceBetween direction="horizontal" size="xs">
            <TextFilter
              {...filterProps}
              filteringPlaceholder={`Find ${plural}`}
              filteringAriaLabel={`Find ${plural}`}
              countText={filteredItemsCount === 1 ? '1 match' : `${filteredItemsCount ?? 0} matches`}
            />
            {props.filters}
          </SpaceBetween>
        )
      }
      pagination={(rows.data?.length ?? 0) > (props.pageSize ?? 20) && <Pagination {...paginationProps} />}
    />
  );
}

export function Empty({ words, children }: { words: string; children?: ReactNode }) {
  return (
    <Box textAlign="center" color="inherit" padding={{ vertical: 's' }}>
      <SpaceBetween size="s">
        <Box color="text-body-secondary">{words}</Box>
        {children}
      </SpaceBetween>
    </Box>
  );
}
