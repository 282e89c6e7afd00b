/** A path as the user types it: absolute, in the user's home, or relative to the folder. */
export function absolutePath(path: string, folder: string): string {
  return path === "" || /^(\/|~$|~\/)/.test(path) ? path : `${folder}/${path}`;
}
