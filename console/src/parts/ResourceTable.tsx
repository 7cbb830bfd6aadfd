import { useCollection } from '@cloudscape-design/collection-hooks';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Cards from '@cloudscape-design/components/cards';
import Header from '@cloudscape-design/components/header';
import Pagination from '@cloudscape-design/components/pagination';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import type { ReactNode } from 'react';
import { cardOf, SortChoice } from './cards';
import { FailureNote } from './FailureNote';
import { useWide } from './useWide';

/** A query of TanStack's, as much of it as a table needs. */
export interface Rows<T> {
  data: readonly T[] | undefined;
  error: unknown;
  isPending: boolean;
  refetch: () => unknown;
}

/** What was read already, as a table takes it. */
export const read = <T,>(data: readonly T[]): Rows<T> => ({
  data,
  error: undefined,
  isPending: false,
  refetch: () => undefined,
});

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

/**
 * A list of things: filtered, sorted and paged in the browser, with its loading, empty, nothing-found and error states.
 *
 * Where a window has no room for columns each row is a card, so that nobody reads sideways.
 */
export function ResourceTable<T>(props: Props<T>) {
  const { rows, noun, columns } = props;
  const isWide = useWide();
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
  const hasFilter = (rows.data?.length ?? 0) > (props.filtersFrom ?? 1) - 1;
  const shown = {
    ...collectionProps,
    items,
    trackBy: props.id,
    loading: rows.isPending,
    loadingText: `Reading ${plural} …`,
    empty: filterProps.filteringText ? (
      <Empty words={`No ${noun} matches.`}>
        <Button onClick={() => actions.setFiltering('')}>Clear the filter</Button>
      </Empty>
    ) : (
      <Empty words={props.empty.words}>{props.empty.action}</Empty>
    ),
    header: title && (
      <Header
        variant={props.variant === 'full-page' ? 'h1' : 'h2'}
        counter={rows.data ? `(${rows.data.length})` : undefined}
        actions={props.actions}
        description={props.description}
      >
        {title}
      </Header>
    ),
    filter: (hasFilter || props.filters) && (
      <SpaceBetween direction="horizontal" size="xs">
        <TextFilter
          {...filterProps}
          filteringPlaceholder={`Find ${plural}`}
          filteringAriaLabel={`Find ${plural}`}
          countText={filteredItemsCount === 1 ? '1 match' : `${filteredItemsCount ?? 0} matches`}
        />
        {props.filters}
        {!isWide && (rows.data?.length ?? 0) > 1 && (
          <SortChoice
            columns={columns}
            by={collectionProps.sortingColumn}
            isDescending={!!collectionProps.sortingDescending}
            onChange={actions.setSorting}
          />
        )}
      </SpaceBetween>
    ),
    pagination: (rows.data?.length ?? 0) > (props.pageSize ?? 20) && <Pagination {...paginationProps} />,
  };
  if (!isWide) {
    return (
      <Cards<T>
        {...shown}
        cardDefinition={cardOf(columns)}
        cardsPerRow={[{ cards: 1 }, { minWidth: 600, cards: 2 }]}
        ariaLabels={{ cardsLabel: title ?? plural, itemSelectionLabel: () => '', selectionGroupLabel: '' }}
      />
    );
  }
  return (
    <Table<T>
      {...shown}
      columnDefinitions={columns.map(each => ({ minWidth: each.width ?? 120, ...each }))}
      variant={props.variant ?? 'container'}
      wrapLines
      ariaLabels={{ tableLabel: title ?? plural }}
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
