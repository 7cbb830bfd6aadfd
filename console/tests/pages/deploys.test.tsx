import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { parseTarGzip } from 'nanotar';
import { describe, expect, it } from 'vitest';
import { archive, folder, packed } from '~/pages/deployments/deploys/pack';
import { Deploys } from '~/pages/deployments/deploys/Deploys';
import { deployment, OF_DEPLOYMENT } from '../support/deployments';
import { type Asked, server } from '../support/server';
import { show } from '../support/show';

const DEPLOYS = `${OF_DEPLOYMENT}/deploys`;
const deploy = (given: object) => ({
  id: 'd-1',
  status: 'DEPLOYED',
  description: '',
  git: null,
  rollbackFromId: null,
  dagTarballVersion: 'v1',
  createdAt: '2026-11-27T10:00:00Z',
  createdBySubject: { id: 'u', subjectType: 'USER', username: 'eve@example.com', fullName: 'Eve', apiTokenName: null },
  ...given,
});
const listed = (...deploys: object[]) => ({ body: { deploys, totalCount: deploys.length, limit: 500, offset: 0 } });
const chosen = (...paths: string[]) => paths.map(path => ({ path, file: new File([`# ${path}`], 'x.py') }));
const names = async (content: Uint8Array) => (await parseTarGzip(content)).map(each => each.name);

describe('packing', () => {
  it("takes a project's dags folder, and leaves out what the command line leaves out", async () => {
    const long = `${'deep/'.repeat(30)}dag.py`;
    const source = folder(
      chosen(
        'etl/README.md',
        'etl/dags/b.py',
        'etl/dags/.git/HEAD',
        'etl/dags/a.py',
        'etl/dags/x.pyc',
        `etl/dags/${long}`,
      ),
    );
    expect(await names(await packed(source))).toEqual(['dags/', 'dags/a.py', 'dags/b.py', `dags/${long}`]);
  });

  it('takes all of a folder that has no dags in it, and gives the same bytes for the same files', async () => {
    const once = await packed(folder(chosen('mine/b.py', 'mine/a.py')));
    expect(await names(once)).toEqual(['dags/', 'dags/a.py', 'dags/b.py']);
    expect(await packed(folder(chosen('mine/a.py', 'mine/b.py')))).toEqual(once);
  });

  it('says what it cannot take', () => {
    expect(() => folder(chosen('etl/dags/__pycache__/a.py'))).toThrow('no file to deploy in etl/dags/');
    expect(() => archive(new File(['x'], 'notes.txt'))).toThrow('notes.txt is neither');
  });
});

describe('the history', () => {
  it('marks what is live, what failed and what is on its way', async () => {
    const history = [
      deploy({ id: 'd-4', description: 'newest', dagTarballVersion: 'v3' }),
      deploy({ id: 'd-3', description: 'broken', status: 'FAILED', dagTarballVersion: '' }),
      deploy({ id: 'd-2', description: 'running', dagTarballVersion: 'v2', rollbackFromId: 'd-1' }),
      deploy({ id: 'd-1', description: 'first', dagTarballVersion: 'v2' }),
    ];
    server({ [`GET ${DEPLOYS}`]: listed(...history) });
    show(<Deploys deployment={deployment({ dagTarballVersion: 'v2', desiredDagTarballVersion: 'v3' })} />);
    const state = (words: string) => within(screen.getByText(words).closest('tr')!);
    await screen.findByText('newest');
    expect(state('newest').getByText('Going live')).toBeTruthy();
    expect(state('broken').getByText('Failed')).toBeTruthy();
    expect(state('running').getByText('Live')).toBeTruthy();
    expect(state('running').getByText('Rollback to first')).toBeTruthy();
  });

  it('goes back to an earlier deploy after asking why', async () => {
    const history = [
      deploy({ id: 'd-2', description: 'bad', dagTarballVersion: 'v2' }),
      deploy({ description: 'good' }),
    ];
    const asked = server({
      [`GET ${DEPLOYS}`]: listed(...history),
      [`POST ${DEPLOYS}/d-1/rollback`]: { body: deploy({ id: 'd-3' }) },
    });
    show(<Deploys deployment={deployment({ dagTarballVersion: 'v2', desiredDagTarballVersion: 'v2' })} />);
    await userEvent.click(await screen.findByRole('button', { name: 'Actions of the deploy good' }));
    await userEvent.click(await screen.findByText('Roll back to this'));
    await userEvent.type(screen.getByLabelText('Why'), 'bad numbers');
    await userEvent.click(screen.getByRole('button', { name: 'Roll back' }));
    await screen.findByText(/etl is rolled back/);
    expect(asked.find(each => each.method === 'POST')).toMatchObject({ body: { description: 'bad numbers' } });
  });

  it('says how to begin when nothing was deployed, and what went wrong with its request id', async () => {
    const answers = { [`GET ${DEPLOYS}`]: listed() as { status?: number; body: unknown } };
    server(answers);
    show(<Deploys deployment={deployment()} />);
    expect(await screen.findByText(/No code was deployed yet/)).toBeTruthy();
    server({ [`GET ${DEPLOYS}`]: { status: 403, body: { message: 'you may not', requestId: 'req-7' } } });
    show(<Deploys deployment={deployment()} />);
    expect(await screen.findByText('req-7')).toBeTruthy();
  });
});

describe('a deploy from the browser', () => {
  const UPLOAD = 'PUT /uploads/dags';
  const made = {
    body: deploy({ id: 'd-9', status: 'INITIALIZED', dagsUploadUrl: 'https://elsewhere.example/uploads/dags?sig=s' }),
  };

  async function chooseAndSend(name: string) {
    show(<Deploys deployment={deployment()} />);
    await userEvent.click((await screen.findAllByRole('button', { name: 'Deploy DAGs' }))[0]!);
    const file = new File(['code'], 'etl.tar.gz', { type: 'application/gzip' });
    await userEvent.upload(screen.getByLabelText('Archive of DAGs'), file);
    await userEvent.type(screen.getByLabelText('Description'), name);
    await userEvent.click(screen.getByRole('button', { name: 'Deploy' }));
  }

  it('creates it, sends the archive to this origin without the sign-in, and puts it live', async () => {
    const asked = server({
      [`GET ${DEPLOYS}`]: listed(),
      [`POST ${DEPLOYS}`]: made,
      [UPLOAD]: { status: 201, headers: { 'x-ms-version-id': 'v9' } },
      [`POST ${DEPLOYS}/d-9/finalize`]: { body: deploy({ id: 'd-9' }) },
    });
    await chooseAndSend('first');
    await screen.findByText(/etl.tar.gz is deployed to etl/);
    const sent = asked.filter((each: Asked) => each.method !== 'GET');
    expect(sent.map(each => `${each.method} ${each.path}`)).toEqual([
      `POST ${DEPLOYS}`,
      UPLOAD,
      `POST ${DEPLOYS}/d-9/finalize`,
    ]);
    expect(sent[0]!.body).toEqual({ type: 'DAG_ONLY', description: 'first' });
    expect(sent[1]!.authorization).toBeNull();
    expect(new TextDecoder().decode(sent[1]!.bytes)).toBe('code');
    expect(sent[2]!.body).toEqual({ dagTarballVersion: 'v9' });
  });

  it('keeps what was chosen when the archive is refused, and sends it again', async () => {
    let refusals = 0;
    server({
      [`GET ${DEPLOYS}`]: listed(),
      [`POST ${DEPLOYS}`]: made,
      [UPLOAD]: () =>
        refusals++
          ? { status: 201, headers: { 'x-ms-version-id': 'v9' } }
          : { status: 400, body: { message: 'the entry `../x` leads outside', requestId: 'req-8' } },
      [`POST ${DEPLOYS}/d-9/finalize`]: { body: deploy({ id: 'd-9' }) },
    });
    await chooseAndSend('once more');
    expect(await screen.findByText('req-8')).toBeTruthy();
    expect((screen.getByLabelText('Description') as HTMLInputElement).value).toBe('once more');
    await userEvent.click(screen.getByRole('button', { name: 'Deploy' }));
    await screen.findByText(/etl.tar.gz is deployed to etl/);
    expect(screen.queryByText('req-8')).toBeNull();
  });
});
