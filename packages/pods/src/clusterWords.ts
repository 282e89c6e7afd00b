import { cleanText } from "@clauderon/base";

/** Words of the kubelet, the scheduler, a registry or an agent, fit to be shown: cleaned, on one line, bounded. */
export function clusterWords(text: string | undefined): string {
  return cleanText((text ?? "").replace(/\s+/g, " ").trim(), 400);
}
