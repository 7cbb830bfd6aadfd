import { screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { Clusters } from '~/pages/clusters/Clusters';
import { deployment } from '../support/deployments';
import { cluster, EMPTY, listed, ORG, refused } from '../support/organization';
import { server } from '../support/server';
import { open, rowOf, show } from '../support/show';
// pages are fetched when they are opened; here they are there before, so that no test waits for it
import '~/pages/clusters/ClusterPage';

const CLUSTERS = `${ORG}/clusters`;
const OF_CLUSTER = `${CLUSTERS}/cl-1`;
const silent = {
  value: 'UNHEALTHY',
  details: [{ code: 'SILENT', component: 'agent', description: 'its agent is silent', severity: 'critical' }],
};
const plan = (given: object = {}) => ({
  body: {
    clusterId: 'cl-1',
    decidedAt: '2026-11-27T10:00:00Z',
    isCarriedOut: true,
    problem: '',
    nodePools: [],
    proposals: [],
    unplaced: [],
    ...given,
  },
});
const ANSWERS = { ...EMPTY, [`GET ${OF_CLUSTER}`]: { body: cluster() }, [`GET ${OF_CLUSTER}/node-plan`]: plan() };

describe('clusters', () => {
  it('are listed with how they are, why, and what runs on them', async () => {
    const seoul = cluster({ id: 'cl-2', name: 'seoul', region: 'ap-northeast-2', healthStatus: silent, nodePools: [] });
    server({
      ...EMPTY,
      [`GET ${CLUSTERS}`]: listed('clusters', cluster(), seoul),
      [`GET ${ORG}/deployments`]: listed('deployments', deployment(), deployment({ id: 'dep-2', clusterId: 'cl-1' })),
    });
    show(<Clusters />);
    const frankfurt = await rowOf('frankfurt');
    expect(frankfurt.getByText('Healthy')).toBeTruthy();
    expect(frankfurt.getByText('AWS eu-central-1')).toBeTruthy();
    expect(frankfurt.getByText('m7g.large')).toBeTruthy();
    expect(await frankfurt.findByText('2')).toBeTruthy();
    const other = await rowOf('seoul');
    expect(other.getByText('Unhealthy')).toBeTruthy();
    expect(other.getByText('Its agent is silent.')).toBeTruthy();
    expect(other.getByText('0')).toBeTruthy();
  });

  it('say how one is registered when there is none, and why they could not be read', async () => {
    server(EMPTY);
    show(<Clusters />);
    expect(await screen.findByText('No cluster serves this Organization yet.')).toBeTruthy();
    expect(screen.getByText('register_cluster')).toBeTruthy();
    server({ ...EMPTY, [`GET ${CLUSTERS}`]: refused('you may not') });
    show(<Clusters />);
    expect(await screen.findByText('req-1')).toBeTruthy();
  });
});

describe('one cluster', () => {
  it('says what is wrong with it, and which Deployments it holds', async () => {
    server({
      ...ANSWERS,
      [`GET ${OF_CLUSTER}`]: { body: cluster({ healthStatus: silent }) },
      [`GET ${ORG}/deployments`]: listed(
        'deployments',
        deployment(),
        deployment({ id: 'dep-2', name: 'ads', clusterId: 'cl-2' }),
      ),
    });
    open('/clusters/cl-1');
    expect(await screen.findByText('Its agent is silent.')).toBeTruthy();
    expect(await screen.findByText('etl')).toBeTruthy();
    expect(screen.queryByText('ads')).toBeNull();
  });

  it('says that nothing runs on it, and why it could not be read', async () => {
    server(ANSWERS);
    open('/clusters/cl-1');
    expect(await screen.findByText('No Deployment of yours runs here.')).toBeTruthy();
    server({ ...ANSWERS, [`GET ${OF_CLUSTER}`]: refused('you may not') });
    open('/clusters/cl-1');
    expect(await screen.findByText('The cluster could not be read')).toBeTruthy();
    expect(screen.getByText('req-1')).toBeTruthy();
  });
});

describe('the nodes of a cluster', () => {
  it('are told with what comes next and why, and what could be emptied', async () => {
    const small = { name: 'small', nodeInstanceType: 'm7g.large', action: 'GROW', packedNodeCount: 2 };
    const nodePools = [{ ...small, currentNodeCount: 1, targetNodeCount: 3, reason: 'two workers wait' }];
    const proposals = [{ node: 'node-7', nodePool: 'small', savedNodeHoursPerDay: 12, reason: 'they fit on node-8' }];
    server({
      ...ANSWERS,
      [`GET ${OF_CLUSTER}/node-plan`]: plan({ nodePools, proposals, unplaced: ['an A160 fits on no node'] }),
    });
    open('/clusters/cl-1?tab=nodes');
    const pool = await rowOf('m7g.large');
    expect(pool.getByText('1 → 3')).toBeTruthy();
    expect(pool.getByText('Grows')).toBeTruthy();
    expect(pool.getByText('A5, A10')).toBeTruthy();
    expect(pool.getByText('Two workers wait.')).toBeTruthy();
    expect((await rowOf('node-7')).getByText('12.0 node hours a day')).toBeTruthy();
    expect(screen.getByText('An A160 fits on no node.')).toBeTruthy();
  });

  it('say that none are known, and why the plan could not be read', async () => {
    server({ ...ANSWERS, [`GET ${OF_CLUSTER}/node-plan`]: plan({ decidedAt: null, problem: 'the group is gone' }) });
    open('/clusters/cl-1?tab=nodes');
    expect(await screen.findByText('The cluster has told of no node pool yet.')).toBeTruthy();
    expect(screen.getByText('Nothing is decided yet.')).toBeTruthy();
    expect(screen.getByText('The group is gone.')).toBeTruthy();
    server({ ...ANSWERS, [`GET ${OF_CLUSTER}/node-plan`]: refused('you may not') });
    open('/clusters/cl-1?tab=nodes');
    expect(await screen.findByText('The plan of nodes could not be read')).toBeTruthy();
    expect(screen.getByText('req-1')).toBeTruthy();
  });
});
