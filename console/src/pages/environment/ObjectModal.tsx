import Checkbox from '@cloudscape-design/components/checkbox';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import { useState } from 'react';
import { told } from '~/api/ask';
import { api } from '~/api/client';
import { useSelf } from '~/app/self';
import { FormModal } from '~/parts/FormModal';
import { useAttempt } from '~/parts/useAttempt';
import { draftOf, held } from './draft';
import { KindFields } from './KindFields';
import { type EnvironmentObject, type Kind, WORDS } from './kinds';
import { type Place, PlaceField } from './PlaceField';

interface Props {
  kind: Kind;
  /** The object to change; none is one to make. */
  object?: EnvironmentObject;
  place?: Place;
  onClose: () => void;
}

const ROOT = '/organizations/{organizationId}/environment-objects';

/** Makes an object, or changes one. */
export function ObjectModal({ kind, object, place: given, onClose }: Props) {
  const { organizationId } = useSelf();
  const attempt = useAttempt();
  const { noun, property, keyLabel, placeholder } = WORDS[kind];
  const before = draftOf(kind, object);
  const [draft, setDraft] = useState(before);
  const [objectKey, setKey] = useState(object?.objectKey ?? '');
  const [description, setDescription] = useState(object?.description ?? '');
  const [place, setPlace] = useState<Place | undefined>(given);
  const [isAuto, setAuto] = useState(object?.autoLinkDeployments ?? false);
  const scope = object?.scope ?? place?.scope;
  const change = async () => {
    const always = kind === 'METRICS_EXPORT' && !object ? { exporterType: 'PROMETHEUS' } : {};
    const body = {
      description,
      ...(scope === 'WORKSPACE' && { autoLinkDeployments: isAuto }),
      [property]: { ...always, ...held(kind, draft, object ? before : draftOf(kind)) },
    };
    if (object)
      return told(
        api.POST(`${ROOT}/{environmentObjectId}`, {
          params: { path: { organizationId, environmentObjectId: object.id } },
          body,
        }),
      );
    return told(
      api.POST(ROOT, {
        params: { path: { organizationId } },
        body: { ...body, objectKey, objectType: kind, scope: place!.scope, scopeEntityId: place!.id },
      }),
    );
  };
  const submit = async () => {
    await attempt.run(change, `The ${noun} ${objectKey} is ${object ? 'changed' : 'created'}.`, onClose);
  };
  return (
    <FormModal
      title={object ? `Edit ${object.objectKey}` : `Create ${/^[aeiou]/i.test(noun) ? 'an' : 'a'} ${noun}`}
      verb={object ? 'Save' : 'Create'}
      size="large"
      attempt={attempt}
      onSubmit={() => void submit()}
      onClose={onClose}
      disabled={!objectKey || (!object && !place)}
    >
      {!object && !given && (
        <PlaceField value={place} onChange={setPlace} wrong={attempt.failure?.field('scopeEntityId')} />
      )}
      {!object && (
        <FormField label={keyLabel} errorText={attempt.failure?.field('objectKey')}>
          <Input
            value={objectKey}
            placeholder={placeholder}
            autoFocus={given !== undefined}
            spellcheck={false}
            autoComplete={false}
            onChange={event => setKey(event.detail.value)}
          />
        </FormField>
      )}
      <KindFields
        kind={kind}
        draft={draft}
        onChange={each => setDraft({ ...draft, ...each })}
        wrong={name => attempt.failure?.field(`${property}.${name}`)}
        isSet={name => object?.setFields.includes(name) ?? false}
      />
      <FormField label="Description" errorText={attempt.failure?.field('description')}>
        <Input value={description} onChange={event => setDescription(event.detail.value)} />
      </FormField>
      {scope === 'WORKSPACE' && (
        <Checkbox
          checked={isAuto}
          onChange={event => setAuto(event.detail.checked)}
          description="Those to come too. Single ones can be left out."
        >
          Every Deployment of the Workspace has it
        </Checkbox>
      )}
    </FormModal>
  );
}
