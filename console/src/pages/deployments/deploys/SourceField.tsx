import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type DragEvent, useId, useRef, useState } from 'react';
import { bytes } from '~/parts/bytes';
import { sentence } from '~/parts/FailureNote';
import { dropped } from './dropped';
import { archive, type Chosen, folder, type Source } from './pack';

interface Props {
  value: Source | undefined;
  onChange: (source: Source | undefined) => void;
  disabled: boolean;
}

/** A folder or an archive, chosen or dropped. */
export function SourceField({ value, onChange, disabled }: Props) {
  const [wrong, setWrong] = useState('');
  const [isOver, setOver] = useState(false);
  const [folders, archives] = [useRef<HTMLInputElement>(null), useRef<HTMLInputElement>(null)];
  const id = useId();
  const take = async (find: () => Promise<Chosen[]> | Chosen[]) => {
    setWrong('');
    try {
      const chosen = await find();
      const [only] = chosen;
      if (only) onChange(chosen.length === 1 && !only.path.includes('/') ? archive(only.file) : folder(chosen));
    } catch (thrown) {
      onChange(undefined);
      setWrong(sentence((thrown as Error).message));
    }
  };
  const over = (event: DragEvent, next: boolean) => {
    event.preventDefault();
    if (!disabled) setOver(next);
  };
  const drop = (event: DragEvent) => {
    over(event, false);
    if (!disabled) void take(() => dropped(event.dataTransfer.items));
  };
  return (
    <FormField
      label="DAGs"
      errorText={wrong}
      description="A project’s folder, of which the dags folder is taken; a folder of DAGs; or a .tar.gz of one."
    >
      <div
        className={isOver ? 'drop-zone drop-zone-over' : 'drop-zone'}
        onDragOver={event => over(event, true)}
        onDragLeave={event => over(event, false)}
        onDrop={drop}
      >
        <SpaceBetween size="s" alignItems="center">
          {value ? <Told of={value} /> : <Box color="text-body-secondary">Drop it here, or</Box>}
          <SpaceBetween direction="horizontal" size="xs">
            <Button
              formAction="none"
              iconName="folder-open"
              disabled={disabled}
              onClick={() => folders.current?.click()}
            >
              Choose a folder
            </Button>
            <Button formAction="none" iconName="file" disabled={disabled} onClick={() => archives.current?.click()}>
              Choose an archive
            </Button>
          </SpaceBetween>
        </SpaceBetween>
        <input
          ref={folders}
          id={`${id}-folder`}
          type="file"
          hidden
          aria-label="Folder of DAGs"
          {...{ webkitdirectory: '' }}
          onChange={event => void take(() => listed(event.target))}
        />
        <input
          ref={archives}
          id={`${id}-archive`}
          type="file"
          hidden
          aria-label="Archive of DAGs"
          accept=".tar,.tgz,.gz,application/gzip,application/x-tar"
          onChange={event => void take(() => listed(event.target))}
        />
      </div>
    </FormField>
  );
}

function Told({ of: source }: { of: Source }) {
  return (
    <Box textAlign="center">
      <Box variant="strong">{source.name}</Box>
      <Box color="text-body-secondary">
        {source.is === 'archive'
          ? `Archive, ${bytes(source.file.size)}`
          : `${source.files.length === 1 ? '1 file' : `${source.files.length} files`}, ${bytes(source.size)}`}
      </Box>
    </Box>
  );
}

/** What an input holds; it is emptied, so that the same choice can be made again. */
function listed(input: HTMLInputElement): Chosen[] {
  const found = [...(input.files ?? [])].map(file => ({ path: file.webkitRelativePath || file.name, file }));
  input.value = '';
  return found;
}
