import Box from '@cloudscape-design/components/box';
import { GoButton } from '~/parts/Go';
import { Page } from '~/parts/Page';

export function NotThere() {
  return (
    <Page title="There is nothing here">
      <Box color="text-body-secondary">The address is mistyped, what was here is gone, or you may not see it.</Box>
      <GoButton to="/">Go home</GoButton>
    </Page>
  );
}
