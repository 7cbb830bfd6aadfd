import { bytes } from '~/parts/bytes';
import { gzip, tar } from './tar';

const SKIPPED = new Set(['.git', '__pycache__', '.venv', '.mypy_cache', '.ruff_cache', '.pytest_cache']);
const MIB = 1024 * 1024;
const MOST_ENTRIES = 20_000;
const MOST_UNPACKED = 512 * MIB;
const MOST_PACKED = 128 * MIB;

/** A file and where it lies below the folder that somebody chose, that folder's own name first. */
export interface Chosen {
  path: string;
  file: File;
}

/** What will be sent: a folder's DAGs, or an archive as it is. */
export type Source =
  { is: 'folder'; name: string; files: Chosen[]; size: number } | { is: 'archive'; name: string; file: File };

/** The DAGs of a folder: its `dags` when it has one, as a project does, and otherwise all of it. Throws in words. */
export function folder(chosen: readonly Chosen[]): Source {
  const root = chosen[0]?.path.split('/')[0] ?? '';
  const inside = `${root}/dags/`;
  const base = chosen.some(each => each.path.startsWith(inside)) ? inside : `${root}/`;
  const files = chosen
    .filter(each => each.path.startsWith(base))
    .map(each => ({ ...each, path: each.path.slice(base.length) }))
    .filter(each => !isSkipped(each.path))
    .toSorted((one, other) => (one.path < other.path ? -1 : 1));
  const size = files.reduce((total, each) => total + each.file.size, 0);
  if (files.length === 0) throw new Error(`there is no file to deploy in ${base}`);
  if (files.length >= MOST_ENTRIES)
    throw new Error(`${base} holds ${files.length} files; a deploy takes ${MOST_ENTRIES - 1} at most`);
  if (size > MOST_UNPACKED)
    throw new Error(`${base} holds ${bytes(size)}; a deploy takes ${bytes(MOST_UNPACKED)} at most`);
  return { is: 'folder', name: base.slice(0, -1), files, size };
}

/** An archive that was packed elsewhere; what is in it is looked at by the API. */
export function archive(file: File): Source {
  if (!/\.(tar|tgz|tar\.gz)$/i.test(file.name))
    throw new Error(`${file.name} is neither a folder nor a .tar.gz archive`);
  if (file.size > MOST_PACKED) throw new Error(tooLarge(file.name, file.size));
  return { is: 'archive', name: file.name, file };
}

/** The bytes of a source, as `orrery deploy --dags` would send them. */
export async function packed(source: Source): Promise<Uint8Array<ArrayBuffer>> {
  if (source.is === 'archive') return new Uint8Array(await source.file.arrayBuffer());
  const entries = await Promise.all(source.files.map(read));
  const content = await gzip(tar([{ name: 'dags/', content: new Uint8Array() }, ...entries]));
  if (content.length > MOST_PACKED) throw new Error(tooLarge(source.name, content.length));
  return content;
}

async function read({ path, file }: Chosen) {
  try {
    return { name: `dags/${path}`, content: new Uint8Array(await file.arrayBuffer()) };
  } catch {
    // a browser forgets files that changed or went since they were chosen
    throw new Error(`${path} cannot be read any more; choose the folder again`);
  }
}

function isSkipped(path: string): boolean {
  return path.endsWith('.pyc') || path.split('/').some(each => SKIPPED.has(each));
}

function tooLarge(name: string, size: number): string {
  return `${name} is ${bytes(size)} packed; a deploy takes ${bytes(MOST_PACKED)} at most`;
}
