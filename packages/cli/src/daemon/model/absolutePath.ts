/** A path as it is typed in a folder: absolute, in the user's home, or from that folder on. */
export function absolutePath(path: string, folder: string): string {
  return path === "" || /^(\/|~$|~\/)/.test(path) ? path : `${folder}/${path}`;
}
