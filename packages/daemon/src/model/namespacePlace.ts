/** Where the objects of a session in Kubernetes are. */
export interface NamespacePlace {
  readonly namespace: string;
  /** The uid of the namespace. It is unique across clusters, and a namespace that is created again gets another one. */
  readonly uid: string;
  /** The context of the kubeconfig that it was found with. A hint for people; never compared. */
  readonly context?: string | undefined;
}
