export { agentStatus, memoryLimit } from "./agentContainer.ts";
export { clusterWords } from "./clusterWords.ts";
export { exitText, isStartError } from "./containerEnd.ts";
export { jobPodTemplate } from "./jobPodTemplate.ts";
export { AGENT_CONTAINER } from "./lockedDown.ts";
export { podLoss, type PodTrouble, podTrouble } from "./podTrouble.ts";
export { type PodProxy, type ProxiedPod, proxiedPod } from "./proxiedPod.ts";
export {
  SESSION_ANNOTATION,
  SESSION_CREATOR_ANNOTATION,
  SESSION_LABELS,
  SESSION_MANAGER,
  SESSION_NAMESPACE_ANNOTATION,
  SESSION_RECORD_ANNOTATION,
  SESSION_SELECTOR,
  sessionLabels,
  sessionObjectName,
} from "./sessionNames.ts";
export { SESSION_CA_FILE, SESSION_PATHS } from "./sessionPaths.ts";
export { type SessionPodOptions, sessionPod } from "./sessionPod.ts";
export type { SessionLimits } from "./sessionResources.ts";
