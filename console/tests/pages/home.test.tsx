import { screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { answers, deployment, OF_DEPLOYMENT } from '../support/deployments';
import { open } from '../support/show';
import { server } from '../support/server';
// pages are fetched when they are opened; here they are there before, so that no test waits for it
import '~/pages/home/Home';

describe('the home page', () => {
  it('shows a newcomer the way', async () => {
    server(answers());
    open('/');
    expect(await screen.findByText('Begin here')).toBeTruthy();
    expect(screen.getByText('Create a Deployment', { selector: 'a *' })).toBeTruthy();
  });

  it('says that all is well', async () => {
    server(answers(deployment()));
    open('/');
    expect(await screen.findByText('Nothing. All is well.')).toBeTruthy();
    expect(screen.getByRole('link', { name: '1 Healthy' }).getAttribute('href')).toBe('/deployments?status=HEALTHY');
  });

  it('tells of a deploy that failed, and where one sees more', async () => {
    const deploy = {
      id: 'x',
      deploymentId: 'dep-1',
      status: 'FAILED',
      description: '',
      createdAt: '2026-11-27T10:00:00Z',
    };
    server({
      ...answers(deployment()),
      [`GET ${OF_DEPLOYMENT}/deploys`]: { body: { limit: 1, offset: 0, totalCount: 1, deploys: [deploy] } },
    });
    open('/');
    expect(await screen.findByText('Last deploy failed')).toBeTruthy();
    expect(
      screen.getAllByText('etl').some(each => each.closest('a')?.getAttribute('href') === '/deployments/dep-1/deploys'),
    ).toBe(true);
  });
});
