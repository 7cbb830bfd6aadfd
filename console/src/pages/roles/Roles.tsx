import Button from '@cloudscape-design/components/button';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { FailureNote } from '~/parts/FailureNote';
import { Page } from '~/parts/Page';
import { Reading } from '~/parts/Reading';
import type { RoleScope } from '~/parts/roles';
import { useWide } from '~/parts/useWide';
import { CustomRoles } from './CustomRoles';
import { Matrix } from './Matrix';
import { usePermissionGroups } from './permissions';
import { RoleForm } from './RoleForm';
import { RoleList } from './RoleList';
import { useAllRoles } from './useAllRoles';

const SCOPES: { id: RoleScope; text: string }[] = [
  { id: 'ORGANIZATION', text: 'Organization' },
  { id: 'WORKSPACE', text: 'Workspace' },
  { id: 'DEPLOYMENT', text: 'Deployment' },
  { id: 'DAG', text: 'DAG' },
];

export function Roles() {
  const search = useSearch({ strict: false }) as { scope?: string };
  const [navigate, isWide, groups] = [useNavigate(), useWide(), usePermissionGroups()];
  const { builtIn, columns } = useAllRoles();
  const [isMaking, setMaking] = useState(false);
  const scope = SCOPES.find(each => each.id === search.scope)?.id ?? 'WORKSPACE';
  const shown = columns.filter(each => each.scope === scope);
  const Shown = isWide ? Matrix : RoleList;
  const broken = groups.error ?? builtIn.error;
  return (
    <Page
      title="Roles"
      description="What each role may do. A role on an Organization or a Workspace holds for all that lies in it."
      actions={
        <Button variant="primary" onClick={() => setMaking(true)}>
          Create role
        </Button>
      }
    >
      <CustomRoles />
      <SegmentedControl
        label="Roles on"
        options={SCOPES}
        selectedId={scope}
        onChange={event =>
          void navigate({ to: '.', search: { scope: event.detail.selectedId } as never, replace: true })
        }
      />
      {broken ? (
        <FailureNote
          title="The roles could not be read"
          thrown={broken}
          onRetry={() => void Promise.all([groups.refetch(), builtIn.refetch()])}
        />
      ) : groups.data && builtIn.data ? (
        <Shown groups={groups.data} roles={shown} />
      ) : (
        <Reading words="Reading roles …" />
      )}
      {isMaking && <RoleForm onClose={() => setMaking(false)} />}
    </Page>
  );
}
