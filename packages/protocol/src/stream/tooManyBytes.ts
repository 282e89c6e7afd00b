/** What git's remote helper says when a session sends more than it may; the daemon knows its own limits by it. */
export const tooManyBytes = (session: string, maxBytes: number): string =>
  `More than ${maxBytes} bytes come from session "${session}"`;
