const BLOCK = 512;
const encoder = new TextEncoder();

export interface Entry {
  /** With slashes, relative; a directory's ends in one. */
  name: string;
  content: Uint8Array;
}

/** A tar of plain files and directories, without owners or times: the same files give the same bytes. */
export function tar(entries: readonly Entry[]): Uint8Array<ArrayBuffer> {
  const parts = entries.flatMap(({ name, content }) => {
    const path = encoder.encode(name);
    const kind = name.endsWith('/') ? '5' : '0';
    // a header has room for a hundred bytes of name; a longer one goes before it, in a PAX record of its own
    const long = path.length > 100 ? member(encoder.encode('pax-header'), 'x', record('path', name)) : [];
    return [...long, ...member(path.subarray(0, 100), kind, content)];
  });
  return joined([...parts, new Uint8Array(2 * BLOCK)]);
}

export async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const packed = new Response(bytes).body!.pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

function member(name: Uint8Array, kind: string, content: Uint8Array): Uint8Array[] {
  return [header(name, kind, content.length), content, new Uint8Array(-content.length & (BLOCK - 1))];
}

function header(name: Uint8Array, kind: string, size: number): Uint8Array {
  const block = new Uint8Array(BLOCK);
  const put = (text: string, at: number) => block.set(encoder.encode(text), at);
  block.set(name);
  put(kind === '5' ? '0000755' : '0000644', 100);
  put('0000000', 108);
  put('0000000', 116);
  put(size.toString(8).padStart(11, '0'), 124);
  put('00000000000', 136);
  put(`        ${kind}`, 148);
  put('ustar\u000000', 257);
  const sum = block.reduce((total, each) => total + each, 0);
  put(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

/** `<length> key=value`, whose length counts itself too. */
function record(key: string, value: string): Uint8Array {
  const rest = encoder.encode(` ${key}=${value}\n`).length;
  let length = rest;
  while (String(length).length + rest !== length) length = String(length).length + rest;
  return encoder.encode(`${length} ${key}=${value}\n`);
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((total, each) => total + each.length, 0));
  let at = 0;
  for (const each of parts) {
    all.set(each, at);
    at += each.length;
  }
  return all;
}
