/** Where the work of one session lies in the user's repository. */
export interface SessionRefs {
  /** The session's branch; the user may look at it, merge it, and go on on it. */
  readonly branch: string;
  /** What it began with, as captured work. */
  readonly incoming: string;
  /** Its state as last fetched, as captured work. */
  readonly work: string;
  /** The tip of its branch as last fetched; where the user's branch is elsewhere, the user has moved it. */
  readonly fetched: string;
  /** What it continued with in a new place after its first one was lost; absent for every other session. */
  readonly continued: string;
  /** What was rescued when it was deleted, or when its place was lost. */
  readonly rescued: string;
}

export function sessionRefs(name: string): SessionRefs {
  return {
    branch: `refs/heads/clauderon/${name}`,
    incoming: `refs/clauderon/incoming/${name}`,
    work: `refs/clauderon/sessions/${name}/work`,
    fetched: `refs/clauderon/sessions/${name}/branch`,
    continued: `refs/clauderon/sessions/${name}/continued`,
    rescued: `refs/clauderon/rescued/${name}`,
  };
}
