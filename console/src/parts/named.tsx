import type { TableProps } from '@cloudscape-design/components/table';
import { Beneath } from './Beneath';
import { Go } from './Go';

interface Named {
  id: string;
  name: string;
  description: string;
}

/** The column by which people know a row: its name, which leads to its page, and beneath it what it is for. */
export const named = <T extends Named>(pages: string): TableProps.ColumnDefinition<T> => ({
  id: 'name',
  header: 'Name',
  sortingField: 'name',
  isRowHeader: true,
  cell: each => (
    <>
      <Go to={`${pages}/${each.id}`}>{each.name}</Go>
      <Beneath>{each.description}</Beneath>
    </>
  ),
});
