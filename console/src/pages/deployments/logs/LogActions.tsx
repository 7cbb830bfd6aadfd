import Button from '@cloudscape-design/components/button';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { asText, type Entry } from './entries';

/** Takes what is shown elsewhere. */
export function LogActions({ entries, name }: { entries: readonly Entry[]; name: string }) {
  if (entries.length === 0) return null;
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <CopyToClipboard
        variant="button"
        textToCopy={asText(entries)}
        copyButtonText="Copy"
        copyButtonAriaLabel="Copy the logs"
        copySuccessText="Copied"
        copyErrorText="The browser did not let us copy"
      />
      <Button iconName="download" onClick={() => download(asText(entries), `${name}.log`)}>
        Download
      </Button>
    </SpaceBetween>
  );
}

function download(text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1_000);
}
