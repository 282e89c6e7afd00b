/** Labels of every object of a session. People find and delete the objects by `app` and `session`. */
export const SESSION_LABELS = {
  app: "app",
  session: "session",
  managedBy: "app.kubernetes.io/managed-by",
  uid: "clauderon.dev/session-uid",
} as const;

/** On the volume claim: the session's record as JSON, from which another machine's daemon can adopt it. */
export const SESSION_ANNOTATION = "clauderon.dev/session";

/** On the volume claim: its creator's user name on the API server. Only this user adopts the session or removes its remains. */
export const SESSION_CREATOR_ANNOTATION = "clauderon.dev/created-by";

/** On the volume claim: the uid of the namespace that it was made in. A copy in another cluster is not the session. */
export const SESSION_NAMESPACE_ANNOTATION = "clauderon.dev/namespace-uid";

/** On the session's Secret: a digest of its record. A user who can write only claims cannot forge a record. */
export const SESSION_RECORD_ANNOTATION = "clauderon.dev/record-digest";

/** Value of the labels app and managed-by, and the field manager of a session's objects. */
export const SESSION_MANAGER = "clauderon";

/** Selects the objects of all sessions. */
export const SESSION_SELECTOR = `${SESSION_LABELS.app}=${SESSION_MANAGER},${SESSION_LABELS.managedBy}=${SESSION_MANAGER}`;

/** The common name of a session's claim, ConfigMap, Secret and pod. At most 50 characters, because a session's name has at most 40. */
export function sessionObjectName(session: string): string {
  return `clauderon-${session}`;
}

export function sessionLabels({ name, uid }: { readonly name: string; readonly uid: string }): Record<string, string> {
  return {
    [SESSION_LABELS.app]: SESSION_MANAGER,
    [SESSION_LABELS.session]: name,
    [SESSION_LABELS.managedBy]: SESSION_MANAGER,
    [SESSION_LABELS.uid]: uid,
  };
}
