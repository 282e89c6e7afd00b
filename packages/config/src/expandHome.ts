/** The path with a `~` at its beginning, as shells read it, replaced by the user's home. */
export const expandHome = (path: string, home: string): string => path.replace(/^~(?=\/|$)/, () => home);
