/** Where the objects of a session in Kubernetes are. */
export interface Place {
  readonly namespace: string;
  /** The uid of the namespace: no other cluster has one like it, and a namespace that is made again has another. */
  readonly uid: string;
  /** The context of the kubeconfig by which it was found; a hint for people, and nothing that is compared. */
  readonly context?: string | undefined;
}
