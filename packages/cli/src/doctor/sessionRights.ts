/** A rule of a Role, with the fields that we use. */
export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** What the daemon does in the namespace of its sessions; docs/kubernetes-role.yaml grants the same rights. */
export const SESSION_RIGHTS: readonly Rule[] = [
  {
    apiGroups: [""],
    resources: ["persistentvolumeclaims", "pods"],
    verbs: ["get", "list", "watch", "create", "delete"],
  },
  { apiGroups: [""], resources: ["pods/exec"], verbs: ["get", "create"] },
  // What the proxy refused to a session with a boundary.
  { apiGroups: [""], resources: ["pods/log"], verbs: ["get"] },
  { apiGroups: [""], resources: ["configmaps", "secrets"], verbs: ["get", "create", "patch", "delete"] },
  // The address of the proxy, for a session with a boundary.
  { apiGroups: [""], resources: ["services"], verbs: ["get"] },
  // A Role can grant it for its own namespace.
  { apiGroups: [""], resources: ["namespaces"], verbs: ["get"] },
  { apiGroups: ["events.k8s.io"], resources: ["events"], verbs: ["list", "watch"] },
];
