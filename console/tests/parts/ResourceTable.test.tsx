import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { read, ResourceTable } from '~/parts/ResourceTable';
import { choose, show } from '../support/show';
import { view } from '../support/view';

const planets = [
  { name: 'Venus', moons: 0 },
  { name: 'Mars', moons: 2 },
];

function table(rows: typeof planets) {
  show(
    <ResourceTable
      rows={read(rows)}
      noun="planet"
      id={each => each.name}
      text={each => each.name}
      sortedBy="moons"
      empty={{ words: 'No planet yet.' }}
      columns={[
        { id: 'moons', header: 'Moons', sortingField: 'moons', cell: each => each.moons },
        { id: 'name', header: 'Name', sortingField: 'name', isRowHeader: true, cell: each => each.name },
      ]}
    />,
  );
}

describe('a table', () => {
  it('has columns where there is room for them', async () => {
    table(planets);
    expect((await screen.findAllByRole('row')).map(each => each.textContent)).toEqual(['MoonsName', '0Venus', '2Mars']);
  });

  it('is cards on a narrow window, each under the name of its row, filtered and sorted as before', async () => {
    view.isWide = false;
    table(planets);
    const cards = () => screen.getAllByRole('listitem').map(each => each.textContent);
    expect(await screen.findByRole('list', { name: 'planets' })).toBeTruthy();
    expect(screen.queryByRole('table')).toBeNull();
    expect(cards()).toEqual(['VenusMoons0', 'MarsMoons2']);
    await choose(screen.getByRole('button', { name: /^Sort by/ }), 'Name, ascending');
    expect(cards()).toEqual(['MarsMoons2', 'VenusMoons0']);
    await userEvent.type(screen.getByLabelText('Find planets'), 'ven');
    expect(cards()).toEqual(['VenusMoons0']);
    await userEvent.type(screen.getByLabelText('Find planets'), 'x');
    expect(screen.getByText('No planet matches.')).toBeTruthy();
  });

  it('says on a narrow window, too, that there is nothing', async () => {
    view.isWide = false;
    table([]);
    expect(await screen.findByText('No planet yet.')).toBeTruthy();
  });
});
