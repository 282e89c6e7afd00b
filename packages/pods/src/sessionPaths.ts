/** The paths in a session's pod. Everything that must outlive the pod is on its volume. */
export const SESSION_PATHS = {
  /** The volume. */
  volume: "/workspace",
  /** The checkout. */
  project: "/workspace/project",
  /** The agent's HOME. It is outside the checkout, so `git add` cannot add a transcript or a token. */
  home: "/workspace/home",
  /** The runner's folder. */
  folder: "/workspace/session",
  /** The daemon's ConfigMap, read-only: the runner's session.json and the certificates of the proxy. */
  config: "/etc/clauderon",
  /** Not on the volume, because network file systems do not support sockets. */
  socket: "/run/clauderon/session/runner.sock",
} as const;

/** File in the config folder with additional certificate authorities. Can be empty. */
export const SESSION_CA_FILE = "ca.crt";
