/** A text with what was searched for marked; `fail*` is looked for without its star. */
export function Marked({ text, search }: { text: string; search: string }) {
  const wanted = search.replace(/\*$/, '').toLowerCase();
  if (!wanted) return text;
  const parts = [];
  let from = 0;
  const lower = text.toLowerCase();
  for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, from)) {
    parts.push(text.slice(from, at), <mark key={at}>{text.slice(at, at + wanted.length)}</mark>);
    from = at + wanted.length;
  }
  return [...parts, text.slice(from)];
}
