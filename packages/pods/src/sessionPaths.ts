/** Where a session's pod has what: everything that lasts is on its one volume. */
export const SESSION_PATHS = {
  /** The volume. */
  volume: "/workspace",
  /** The checkout. */
  project: "/workspace/project",
  /** The agent's HOME, outside the checkout: no `git add` can take a transcript or a token along. */
  home: "/workspace/home",
  /** The runner's folder. */
  folder: "/workspace/session",
  /** What the daemon says, read-only: the runner's session.json and the certificates of the proxy. */
  config: "/etc/clauderon",
  /** Not on the volume: network file systems have no sockets. */
  socket: "/run/clauderon/session/runner.sock",
} as const;

/** The file in the config folder with further certificate authorities; empty while there are none. */
export const SESSION_CA_FILE = "ca.crt";
