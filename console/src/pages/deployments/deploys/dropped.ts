import type { Chosen } from './pack';

/** All files of what was dropped; folders are walked through, as deep as they go. */
export async function dropped(items: DataTransferItemList): Promise<Chosen[]> {
  // entries live only as long as the event, so all are taken before the first wait
  const entries = [...items].map(each => each.webkitGetAsEntry()).filter(each => each !== null);
  return (await Promise.all(entries.map(each => walked(each, each.name)))).flat();
}

async function walked(entry: FileSystemEntry, path: string): Promise<Chosen[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    return [{ path, file }];
  }
  const children = await listed((entry as FileSystemDirectoryEntry).createReader());
  return (await Promise.all(children.map(each => walked(each, `${path}/${each.name}`)))).flat();
}

/** A reader gives a hundred at a time, and nothing when it is done. */
async function listed(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
  const found: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return found;
    found.push(...some);
  }
}
