/** Something that was made for a session that the registry does not know. */
export interface Orphan {
  readonly kind: string;
  readonly name: string;
  /** Why it is never pruned, and what to do, in sentences for people: it may hold work that nobody can rescue. */
  readonly kept?: string;
}
