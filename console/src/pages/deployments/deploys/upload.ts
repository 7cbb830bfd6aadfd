import { Failure } from '~/api/failure';

const BLOCK = 1024 * 1024;
const TRIES = 3;

interface Upload {
  /** The signed address that the API named. */
  url: string;
  content: Uint8Array<ArrayBuffer>;
  /** Hears how many bytes have arrived. */
  onProgress: (done: number) => void;
  signal: AbortSignal;
}

/** Sends an archive, in blocks when it is large, and tells the version that finalizing wants. */
export async function upload({ url, content, onProgress, signal }: Upload): Promise<string> {
  const put = (body: BodyInit, type: string, query = '', headers = {}) =>
    sent(address(url) + query, { method: 'PUT', body, headers: { 'content-type': type, ...headers }, signal });
  const finish = async () => {
    if (content.length < BLOCK) return put(content, 'application/gzip', '', { 'x-ms-blob-type': 'BlockBlob' });
    const ids: string[] = [];
    for (let start = 0; start < content.length; start += BLOCK) {
      const id = btoa(String(ids.length).padStart(8, '0'));
      const block = content.subarray(start, start + BLOCK);
      await put(block, 'application/octet-stream', `&comp=block&blockid=${encodeURIComponent(id)}`);
      ids.push(id);
      onProgress(start + block.length);
    }
    const list = ids.map(each => `<Latest>${each}</Latest>`).join('');
    const xml = `<?xml version="1.0" encoding="utf-8"?><BlockList>${list}</BlockList>`;
    return put(xml, 'application/xml', '&comp=blocklist');
  };
  const version = (await finish()).headers.get('x-ms-version-id');
  if (!version) throw new Error('the upload address took the archive without telling its version; try again');
  onProgress(content.length);
  return version;
}

/** The console and the API are one origin, so nothing of the page's is ever sent elsewhere. */
function address(url: string): string {
  const { pathname, search } = new URL(url, location.origin);
  return pathname + search;
}

/** A block may be sent twice, so a passing failure is not the person's business. */
async function sent(path: string, asked: RequestInit): Promise<Response> {
  for (let left = TRIES - 1; ; left--) {
    try {
      const answer = await fetch(path, asked);
      if (answer.ok) return answer;
      throw await Failure.of(answer);
    } catch (thrown) {
      if (asked.signal?.aborted || left === 0 || !Failure.from(thrown).isPassing) throw thrown;
      await new Promise(resolve => setTimeout(resolve, 1_000));
    }
  }
}
