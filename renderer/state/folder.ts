// The folder that all paths of a list are in, and paths without it: what is the same on every row says nothing.

/**
 * The folder both paths are in, with its slash; '' for none. The first and last of paths in order have in common what
 * all of them have.
 */
export function commonFolder(first: string, last: string): string {
  let end = 0;
  for (let i = 0; i < first.length && first[i] === last[i]; i += 1) {
    if (first[i] === '/') end = i + 1;
  }
  return first.slice(0, end);
}

/** A path without the folder it is in; another path as it stands. */
export function withoutFolder(path: string, folder: string): string {
  return path.startsWith(folder) ? path.slice(folder.length) : path;
}
