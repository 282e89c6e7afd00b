/** The path with a leading `~` replaced by the user's home, as shells do. */
export const expandHome = (path: string, home: string): string => path.replace(/^~(?=\/|$)/, () => home);
