/** What a session begins with in a new place after its first one was lost. */
export interface Continuation {
  /** A commit like that of `capture`, with the newest work that the user's repository holds. */
  readonly commit: string;
  /** Where the work that was fetched from the lost place is kept for good; undefined if other refs have all of it. */
  readonly rescuedRef: string | undefined;
  /** Whether any work was fetched. If not, the session begins as it did the first time. */
  readonly isFetched: boolean;
}
