/** What a request of `api` was answered with; refusals were thrown before. */
export async function told<T>(asked: Promise<{ data?: T }>): Promise<T> {
  return (await asked).data as T;
}

const PAGE = 500;
const MOST = 2_000;

type Paged<K extends string, T> = { [key in K]: T[] } & { totalCount: number };

/** Every item of a list, page by page, up to 2,000: what a table in the browser can filter and sort. */
export async function every<K extends string, T>(
  key: K,
  ask: (page: { offset: number; limit: number }) => Promise<{ data?: Paged<K, T> }>,
): Promise<T[]> {
  const found: T[] = [];
  for (let offset = 0; offset < MOST; offset += PAGE) {
    const page = await told(ask({ offset, limit: PAGE }));
    found.push(...page[key]);
    if (found.length >= page.totalCount || page[key].length === 0) break;
  }
  return found;
}
