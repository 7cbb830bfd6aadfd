import Alert from '@cloudscape-design/components/alert';
import FormField from '@cloudscape-design/components/form-field';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import { told } from '~/api/ask';
import { api } from '~/api/client';
import { useSelf } from '~/app/self';
import { sentence } from '~/parts/FailureNote';
import { FormModal } from '~/parts/FormModal';
import { useAttempt } from '~/parts/useAttempt';

/** Allows ranges of addresses, all of them or none. */
export function AddRanges({ isFirst, onClose }: { isFirst: boolean; onClose: () => void }) {
  const { organizationId } = useSelf();
  const attempt = useAttempt();
  const [text, setText] = useState('');
  const ranges = text.split(/[\s,;]+/).filter(Boolean);
  const add = () =>
    told(
      api.POST('/organizations/{organizationId}/allowed-ip-address-ranges/bulk-create', {
        params: { path: { organizationId } },
        body: { allowedIpAddressRanges: ranges },
      }),
    );
  const wrong = attempt.failure?.fieldErrors[0]?.message;
  return (
    <FormModal
      title="Add ranges"
      verb="Add"
      attempt={attempt}
      disabled={ranges.length === 0}
      onClose={onClose}
      onSubmit={() => void attempt.run(add, 'The allowed ranges are changed.', onClose)}
    >
      <LockOut isFirst={isFirst} />
      <FormField
        label="Ranges"
        description="One a line, as in 203.0.113.0/24 or 2001:db8::/32."
        errorText={wrong && sentence(wrong)}
      >
        <Textarea value={text} onChange={event => setText(event.detail.value)} rows={4} spellcheck={false} autoFocus />
      </FormField>
    </FormModal>
  );
}

function LockOut({ isFirst }: { isFirst: boolean }) {
  return (
    <Alert type="warning">
      {isFirst &&
        'With the first range, everybody who comes from elsewhere is kept out: people, pipelines and agents. '}
      Your own address must be in the list; the API says which one it is if it would not be, and changes nothing then.
    </Alert>
  );
}
