import { useRouter, useSearch } from '@tanstack/react-router';

/** One word of the address's query, such as a filter: kept in the address, so that a link shows what one sees. */
export function useUrlParam(name: string, otherwise = ''): [string, (value: string) => void] {
  const router = useRouter();
  const search = useSearch({ strict: false }) as Record<string, unknown>;
  const set = (value: string) => {
    const next = { ...search, [name]: value === otherwise ? undefined : value };
    void router.navigate({ to: '.', search: next as never, replace: true });
  };
  return [String(search[name] ?? otherwise), set];
}
