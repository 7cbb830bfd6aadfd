import Box from '@cloudscape-design/components/box';
import type { CardsProps } from '@cloudscape-design/components/cards';
import type { TableProps } from '@cloudscape-design/components/table';
import { Choice } from './Choice';

type Column<T> = TableProps.ColumnDefinition<T>;

/** From how many pixels on a column holds sentences, which want a line of their own. */
const SENTENCES = 200;

/** A row as a card: what names it on top, and the other columns beneath as pairs of a label and a value, two to a line. */
export function cardOf<T>(columns: readonly Column<T>[]): CardsProps.CardDefinition<T> {
  const name = columns.find(each => each.isRowHeader) ?? columns[0]!;
  const rest = columns.filter(each => each !== name);
  return { header: name.cell, sections: [{ id: 'rest', content: row => <Pairs row={row} columns={rest} /> }] };
}

function Pairs<T>({ row, columns }: { row: T; columns: readonly Column<T>[] }) {
  return (
    <dl className="card-pairs">
      {columns.map(({ id, header, cell, minWidth }) => (
        <div key={id} className={Number(minWidth ?? 0) < SENTENCES ? undefined : 'card-pair-long'}>
          <Box variant="awsui-key-label" tagOverride="dt">
            {header}
          </Box>
          <dd>{cell(row)}</dd>
        </div>
      ))}
    </dl>
  );
}

interface Props<T> {
  columns: readonly Column<T>[];
  by: TableProps.SortingColumn<T> | undefined;
  isDescending: boolean;
  onChange: (order: TableProps.SortingState<T>) => void;
}

/** In what order cards stand: they have no head of a column to press. */
export function SortChoice<T>({ columns, by, isDescending, onChange }: Props<T>) {
  const orders = columns
    .filter(each => each.sortingField)
    .flatMap(each => [
      { value: `${each.id} up`, label: `${String(each.header)}, ascending`, column: each, isDescending: false },
      { value: `${each.id} down`, label: `${String(each.header)}, descending`, column: each, isDescending: true },
    ]);
  const now = orders.find(each => each.column.sortingField === by?.sortingField && each.isDescending === isDescending);
  return (
    orders.length > 0 && (
      <Choice
        ariaLabel="Sort by"
        placeholder="Sort by"
        value={now?.value ?? ''}
        options={orders}
        onChange={value => {
          const chosen = orders.find(each => each.value === value)!;
          onChange({ sortingColumn: chosen.column, isDescending: chosen.isDescending });
        }}
      />
    )
  );
}
