import { type KubeClient, PODS } from "@clauderon/kube";

/** Plays the kubelet, which an API server alone does not have. */
export async function setPodStatus(client: KubeClient, namespace: string, name: string, status: object): Promise<void> {
  await client.patch(PODS, { namespace, name }, { status }, { subresource: "status" });
}

const container = (state: object, more: object = {}) => ({
  containerStatuses: [
    {
      name: "agent",
      image: "localhost/clauderon-agent:dev",
      imageID: "",
      ready: false,
      restartCount: 0,
      state,
      ...more,
    },
  ],
});

export const RUNNING = {
  phase: "Running",
  conditions: [
    { type: "PodScheduled", status: "True" },
    { type: "Ready", status: "True" },
  ],
  ...container({ running: { startedAt: "2026-11-25T12:00:00Z" } }, { ready: true, started: true }),
};

export const waiting = (reason: string, message = "") => ({
  phase: "Pending",
  conditions: [{ type: "PodScheduled", status: "True" }],
  ...container({ waiting: { reason, message } }),
});

export const failed = (reason: string, message: string) => ({ phase: "Failed", reason, message });
