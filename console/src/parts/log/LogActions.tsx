import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useCopy } from '../Copied';

/** Takes what is shown elsewhere; `text` is the whole of it, `name` the file's. */
export function LogActions({ text, name }: { text: string; name: string }) {
  const copy = useCopy(text);
  if (!text) return null;
  return (
    <SpaceBetween direction="horizontal" size="xs" alignItems="center">
      {copy.isRefused && (
        <StatusIndicator type="error">
          <span role="alert">The browser lets nothing be copied; download it</span>
        </StatusIndicator>
      )}
      <Button iconName={copy.isDone ? 'status-positive' : 'copy'} ariaLabel="Copy the logs" onClick={copy.go}>
        {copy.isDone ? 'Copied' : 'Copy'}
      </Button>
      <Button iconName="download" onClick={() => download(text, name)}>
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
