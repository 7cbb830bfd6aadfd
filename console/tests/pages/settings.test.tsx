import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { Settings } from '~/pages/settings/Settings';
import { DATES, EMPTY, listed, ORG, refused, sent } from '../support/organization';
import { server } from '../support/server';
import { dialog, rowOf, show } from '../support/show';

const RANGES = `${ORG}/allowed-ip-address-ranges`;
const organization = {
  id: 'org-1',
  name: 'Analytical Engines',
  billingEmail: 'bills@example.com',
  isScimEnabled: false,
  isEnvironmentSecretsFetchingEnabled: false,
  managedDomains: [{ name: 'example.com' }],
  ...DATES,
};
const range = (id: string, ipAddressRange: string) => ({ id, ipAddressRange, ...DATES });
const [office, home] = [range('ip-1', '203.0.113.0/24'), range('ip-2', '2001:db8::/32')];
const ANSWERS = { ...EMPTY, [`GET ${ORG}`]: { body: organization } };
const WITH_RANGES = { ...ANSWERS, [`GET ${RANGES}`]: listed('allowedIpAddressRanges', office, home) };

describe('the settings of the Organization', () => {
  it('are saved under the new name, once it is right; what was typed stays until then', async () => {
    let tries = 0;
    const asked = server({
      ...ANSWERS,
      [`POST ${ORG}`]: () => (++tries === 1 ? refused('too long', 'name') : { body: organization }),
    });
    show(<Settings />);
    const name = (await screen.findByLabelText('Name')) as HTMLInputElement;
    await userEvent.type(name, ' & Co{Enter}');
    expect(await screen.findByText('too long')).toBeTruthy();
    expect(screen.getByText('req-1')).toBeTruthy();
    expect(name.value).toBe('Analytical Engines & Co');
    await userEvent.click(screen.getByText('Save'));
    expect(await screen.findByText('The Organization is changed.')).toBeTruthy();
    expect(sent(asked)[1]!.body).toEqual({
      name: 'Analytical Engines & Co',
      billingEmail: 'bills@example.com',
      isScimEnabled: false,
      isEnvironmentSecretsFetchingEnabled: false,
    });
  });

  it('are not saved when nothing is different', async () => {
    const asked = server(ANSWERS);
    show(<Settings />);
    await userEvent.type(await screen.findByLabelText('Name'), '{Enter}');
    await userEvent.click(screen.getByText('Save'));
    expect(sent(asked)).toEqual([]);
  });

  it('are never saved without a name', async () => {
    const asked = server(ANSWERS);
    show(<Settings />);
    await userEvent.clear(await screen.findByLabelText('Name'));
    await userEvent.type(screen.getByLabelText('Name'), '{Enter}');
    expect(sent(asked)).toEqual([]);
  });

  it('are not saved by copying the id', async () => {
    const asked = server(ANSWERS);
    const somebody = userEvent.setup(); // with a clipboard
    show(<Settings />);
    await somebody.type(await screen.findByLabelText('Name'), ' & Co');
    await somebody.click(screen.getByLabelText('Copy: Id of the Organization'));
    expect(await navigator.clipboard.readText()).toBe('org-1');
    expect(sent(asked)).toEqual([]);
  });

  it('tell how people sign in', async () => {
    server(ANSWERS);
    show(<Settings />);
    expect(await screen.findByText('Off: people are invited')).toBeTruthy();
    expect(screen.getByText('example.com')).toBeTruthy();
  });

  it('say why they could not be read', async () => {
    server({ ...ANSWERS, [`GET ${ORG}`]: refused('you may not') });
    show(<Settings />);
    expect(await screen.findByText('The Organization could not be read')).toBeTruthy();
    expect(screen.getByText('req-1')).toBeTruthy();
  });
});

describe('allowed IP ranges', () => {
  it('are added together, and say which one is wrong; what was typed stays until then', async () => {
    let tries = 0;
    const asked = server({
      ...ANSWERS,
      [`POST ${RANGES}/bulk-create`]: () =>
        ++tries === 1 ? refused('`10.0.0` is no range', 'allowedIpAddressRanges.1') : { body: {} },
    });
    show(<Settings />);
    await userEvent.click(await screen.findByText('Add ranges'));
    expect(dialog().getByText(/^With the first range, everybody who comes from elsewhere is kept out/)).toBeTruthy();
    const text = dialog().getByLabelText('Ranges') as HTMLTextAreaElement;
    await userEvent.type(text, '203.0.113.0/24\n10.0.0');
    await userEvent.click(dialog().getByText('Add'));
    expect(await dialog().findByText('req-1')).toBeTruthy();
    // under the field, and beside the request id
    expect(dialog().getAllByText('`10.0.0` is no range.')).toHaveLength(2);
    expect(text.value).toBe('203.0.113.0/24\n10.0.0');
    await userEvent.type(text, '.0/8');
    await userEvent.click(dialog().getByText('Add'));
    expect(await screen.findByText('The allowed ranges are changed.')).toBeTruthy();
    expect(sent(asked)[1]!.body).toEqual({ allowedIpAddressRanges: ['203.0.113.0/24', '10.0.0.0/8'] });
  });

  it('are removed one by one after asking once more', async () => {
    const asked = server({ ...WITH_RANGES, [`POST ${RANGES}/bulk-delete`]: { body: {} } });
    show(<Settings />);
    expect((await rowOf('203.0.113.0/24')).getByText('Ada')).toBeTruthy();
    await userEvent.click(screen.getByLabelText('Remove 203.0.113.0/24'));
    expect(dialog().getByText(/is kept out from the next request on/)).toBeTruthy();
    await userEvent.click(dialog().getByText('Remove'));
    await expect.poll(() => sent(asked)).toHaveLength(1);
    expect(sent(asked)[0]!.body).toEqual({ allowedIpAddressRangeIds: ['ip-1'] });
  });

  it('are removed all at once, which lets everybody in', async () => {
    const asked = server({ ...WITH_RANGES, [`POST ${RANGES}/bulk-delete`]: refused('it is locked') });
    show(<Settings />);
    await userEvent.click(await screen.findByText('Remove all'));
    expect(dialog().getByText('Without a range everybody may come from everywhere.')).toBeTruthy();
    await userEvent.click(dialog().getByText('Remove'));
    expect(await dialog().findByText('req-1')).toBeTruthy();
    expect(sent(asked)[0]!.body).toEqual({ allowedIpAddressRangeIds: ['ip-1', 'ip-2'] });
  });

  it('are none at first, and it is said why they could not be read', async () => {
    server(ANSWERS);
    show(<Settings />);
    expect(await screen.findByText('No range: everybody may come from everywhere.')).toBeTruthy();
    server({ ...ANSWERS, [`GET ${RANGES}`]: refused('you may not') });
    show(<Settings />);
    expect(await screen.findByText('The ranges could not be read')).toBeTruthy();
    expect(screen.getByText('req-1')).toBeTruthy();
  });
});
