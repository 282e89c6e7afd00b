import { cleanText } from "@clauderon/base";

/** Prepares a message of the kubelet, the scheduler, a registry or an agent for display: cleaned, on one line, shortened. */
export function clusterWords(text: string | undefined): string {
  return cleanText((text ?? "").replace(/\s+/g, " ").trim(), 400);
}
