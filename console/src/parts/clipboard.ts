/**
 * Puts words on the clipboard, or throws.
 *
 * Over plain http a page of another host has no clipboard; there the browser is asked to copy a selection, as it was before pages had one.
 */
export async function putOnClipboard(words: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(words);
  const before = document.activeElement;
  const field = Object.assign(document.createElement('textarea'), { value: words, readOnly: true });
  field.className = 'unseen';
  document.body.append(field);
  field.focus({ preventScroll: true });
  field.select();
  try {
    if (!document.execCommand('copy')) throw new Error('the browser copies nothing here');
  } finally {
    field.remove();
    if (before instanceof HTMLElement) before.focus({ preventScroll: true });
  }
}
