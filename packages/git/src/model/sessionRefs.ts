/** Where the user's repository keeps the work of one session. */
export interface SessionRefs {
  /** The session's branch. The user may look at it, merge it, and continue on it. */
  readonly branch: string;
  /** What the session began with, as captured work. */
  readonly incoming: string;
  /** The session's state as last fetched, as captured work. */
  readonly work: string;
  /** The tip of the session's branch as last fetched. If the user's branch differs, the user has moved it. */
  readonly fetched: string;
  /** What the session continued with in a new place after it lost its first one. Other sessions do not have this ref. */
  readonly continued: string;
  /** What was rescued when the session was deleted or its place was lost. */
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
