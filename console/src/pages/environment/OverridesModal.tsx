import Box from '@cloudscape-design/components/box';
import Checkbox from '@cloudscape-design/components/checkbox';
import FormField from '@cloudscape-design/components/form-field';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { FormModal } from '~/parts/FormModal';
import { useAttempt } from '~/parts/useAttempt';
import { draftOf, draftOfLink, held } from './draft';
import { KindFields } from './KindFields';
import { type EnvironmentObject, WORDS } from './kinds';
import { type Reach, withLink } from './reached';

interface Props {
  object: EnvironmentObject;
  reach: Reach;
  change: (body: object) => Promise<unknown>;
  onClose: () => void;
}

/** What is different in one Deployment; what is left empty is as the object says, also when that changes. */
export function OverridesModal({ object, reach, change, onClose }: Props) {
  const attempt = useAttempt();
  const kind = object.objectType;
  const { property } = WORDS[kind];
  const isSecret = draftOf(kind, object).isSecret;
  const before = { ...draftOfLink(kind, reach.link), isSecret };
  const [draft, setDraft] = useState(before);
  const [unset, setUnset] = useState<string[]>([]);
  const save = async () => {
    const { isSecret: _, ...fields } = held(kind, draft, before);
    const wanted = Object.fromEntries(
      Object.entries(fields).filter(([name, value]) => value !== '' && !unset.includes(name)),
    );
    const emptied = Object.entries(fields).filter(
      ([name, value]) => (value === '' || value === null) && reach.different.includes(name),
    );
    const unsetFields = [...new Set([...unset, ...emptied.map(([name]) => name)])];
    const overrides = {
      ...(Object.keys(wanted).length > 0 && { [property]: wanted }),
      ...(unsetFields.length > 0 && { unsetFields }),
    };
    return change(withLink(object, reach.deployment.id, overrides));
  };
  const submit = async () => {
    await attempt.run(save, `${reach.deployment.name} has ${object.objectKey}, as you said.`, onClose);
  };
  const wrong = (name: string) =>
    attempt.failure?.fieldErrors.find(each => each.field.endsWith(`overrides.${property}.${name}`))?.message;
  return (
    <FormModal
      title={`${object.objectKey} in ${reach.deployment.name}`}
      verb="Save"
      size="large"
      attempt={attempt}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <Box color="text-body-secondary">What is left empty is as {object.objectKey} says, also after that changes.</Box>
      <KindFields
        kind={kind}
        draft={draft}
        onChange={each => setDraft({ ...draft, ...each })}
        wrong={wrong}
        isSet={name => reach.different.includes(name)}
        isOverride
      />
      {reach.different.length > 0 && (
        <FormField label="No longer different" description="These are as the object says once more.">
          <SpaceBetween direction="horizontal" size="m">
            {reach.different.map(name => (
              <Checkbox
                key={name}
                checked={unset.includes(name)}
                onChange={event =>
                  setUnset(event.detail.checked ? [...unset, name] : unset.filter(each => each !== name))
                }
              >
                {name}
              </Checkbox>
            ))}
          </SpaceBetween>
        </FormField>
      )}
    </FormModal>
  );
}
