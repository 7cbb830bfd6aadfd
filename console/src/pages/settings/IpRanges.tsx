import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { every, told } from '~/api/ask';
import { api, type Schemas } from '~/api/client';
import { useSelf } from '~/app/self';
import { Confirm } from '~/parts/Confirm';
import { ResourceTable } from '~/parts/ResourceTable';
import { byWhom } from '~/parts/byWhom';
import { Time } from '~/parts/Time';
import { AddRanges } from './AddRanges';

type Range = Schemas['AllowedIpAddressRange'];

/** From where the Organization's people and tokens may come. */
export function IpRanges() {
  const { organizationId } = useSelf();
  const [isAdding, setAdding] = useState(false);
  const [leaving, setLeaving] = useState<Range[]>();
  const ranges = useQuery({
    queryKey: ['ip-ranges', organizationId],
    queryFn: () =>
      every('allowedIpAddressRanges', query =>
        api.GET('/organizations/{organizationId}/allowed-ip-address-ranges', {
          params: { path: { organizationId }, query },
        }),
      ),
  });
  const all = ranges.data ?? [];
  const isLast = leaving?.length === all.length;
  return (
    <>
      <ResourceTable
        rows={ranges}
        noun="range"
        title="Allowed IP ranges"
        description="People and tokens may come from these addresses only, from the next request on."
        id={each => each.id}
        text={each => each.ipAddressRange}
        filtersFrom={8}
        empty={{ words: 'No range: everybody may come from everywhere.' }}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            {all.length > 1 && <Button onClick={() => setLeaving(all)}>Remove all</Button>}
            <Button onClick={() => setAdding(true)}>Add ranges</Button>
          </SpaceBetween>
        }
        columns={[
          { id: 'range', header: 'Range', isRowHeader: true, cell: each => each.ipAddressRange },
          { id: 'by', header: 'Added by', cell: each => byWhom(each.createdBy) },
          { id: 'at', header: 'Added', sortingField: 'createdAt', cell: each => <Time at={each.createdAt} /> },
          {
            id: 'actions',
            header: 'Actions',
            width: 60,
            cell: each => (
              <Button
                variant="inline-icon"
                iconName="remove"
                ariaLabel={`Remove ${each.ipAddressRange}`}
                onClick={() => setLeaving([each])}
              />
            ),
          },
        ]}
      />
      {isAdding && <AddRanges isFirst={all.length === 0} onClose={() => setAdding(false)} />}
      {leaving && (
        <Confirm
          title={
            leaving.length === 1 ? `Remove ${leaving[0]!.ipAddressRange}?` : `Remove all ${leaving.length} ranges?`
          }
          verb="Remove"
          act={async () => {
            const body = { allowedIpAddressRangeIds: leaving.map(each => each.id) };
            const params = { path: { organizationId } };
            await told(
              api.POST('/organizations/{organizationId}/allowed-ip-address-ranges/bulk-delete', { params, body }),
            );
          }}
          done="The allowed ranges are changed."
          onClose={() => setLeaving(undefined)}
        >
          {isLast
            ? 'Without a range everybody may come from everywhere.'
            : 'Whoever comes from there is kept out from the next request on. You cannot keep yourself out.'}
        </Confirm>
      )}
    </>
  );
}
