import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';

interface Action {
  /** What a screen reader says: the verb and what it is done to. */
  label: string;
  onClick: () => void;
  disabled?: boolean;
}

/** What can be done to one row of a table. */
export function RowActions({ edit, remove }: { edit: Action; remove?: Action | false }) {
  return (
    <SpaceBetween direction="horizontal" size="xxs">
      <One of={edit} icon="edit" />
      {remove && <One of={remove} icon="remove" />}
    </SpaceBetween>
  );
}

function One({ of: action, icon }: { of: Action; icon: 'edit' | 'remove' }) {
  return (
    <Button
      variant="inline-icon"
      iconName={icon}
      ariaLabel={action.label}
      disabled={action.disabled}
      onClick={action.onClick}
    />
  );
}
