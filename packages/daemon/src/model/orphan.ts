/** Something that was made for a session no registry knows. */
export interface Orphan {
  readonly kind: string;
  readonly name: string;
  /** Why it is never pruned, and what to do, in sentences for people: it may hold work that nobody can bring to safety. */
  readonly kept?: string;
}
