import { screen } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Copied } from '~/parts/Copied';
import { show } from '../support/show';

/** What the older way of copying would take: the words that are selected. */
function older(answer: boolean) {
  const taken: string[] = [];
  document.execCommand = () => {
    const field = document.activeElement;
    if (field instanceof HTMLTextAreaElement) taken.push(field.value.slice(field.selectionStart, field.selectionEnd));
    return answer;
  };
  return taken;
}

function clipboard(value: unknown) {
  Object.defineProperty(navigator, 'clipboard', { value, configurable: true });
}

async function button() {
  show(<Copied value="org-1" label="Id" />);
  return screen.findByRole('button', { name: 'Copy: Id' });
}

describe('what can be copied', () => {
  afterEach(() => clipboard(undefined));

  it('goes to the clipboard', async () => {
    const writeText = vi.fn(async () => {});
    clipboard({ writeText });
    (await button()).click();
    expect(await screen.findByRole('button', { name: 'Id is copied' })).toBeTruthy();
    expect(writeText).toHaveBeenCalledWith('org-1');
  });

  it('goes there by a selection where a page has no clipboard, and the button keeps the focus', async () => {
    const taken = older(true);
    const pressed = await button();
    pressed.focus();
    pressed.click();
    expect(await screen.findByRole('button', { name: 'Id is copied' })).toBe(document.activeElement);
    expect(taken).toEqual(['org-1']);
    expect(document.querySelector('textarea')).toBeNull();
  });

  it('is marked, and says which keys to press, where nothing copies', async () => {
    older(false);
    (await button()).click();
    expect((await screen.findByRole('alert')).textContent).toContain('press Ctrl+C');
    expect(getSelection()?.toString()).toBe('org-1');
  });
});
