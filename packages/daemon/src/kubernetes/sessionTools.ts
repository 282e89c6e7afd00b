import type { KubernetesSettings } from "./model/settings.ts";
import type { PodGit } from "./podGit.ts";
import type { SessionCaches } from "./sessionCaches.ts";
import type { SessionObjects } from "./sessionObjects.ts";

/** What the operations on a session use. */
export interface SessionTools {
  readonly caches: SessionCaches;
  readonly objects: SessionObjects;
  readonly settings: KubernetesSettings;
  /** The user whose claims these are; undefined if the API server does not say. */
  readonly user: string | undefined;
  /** The uid of the sessions' namespace; see NamespacePlace. */
  readonly namespaceUid?: string | undefined;
  /** The part of the user's git that git in a session of that repository gets. */
  readonly git: PodGit;
}
