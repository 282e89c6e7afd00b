/** What an agent in a session inherits of its runner's environment; anything else has to be asked for by name. */
const ALLOWED = new Set([
  "PATH",
  "SHELL",
  "USER",
  "LOGNAME",
  "LANG",
  "TZ",
  "TMPDIR",
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "NO_PROXY",
  "http_proxy",
  "https_proxy",
  "no_proxy",
  "NODE_EXTRA_CA_CERTS",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "GIT_AUTHOR_NAME",
  "GIT_AUTHOR_EMAIL",
  "GIT_COMMITTER_NAME",
  "GIT_COMMITTER_EMAIL",
  "KUBERNETES_SERVICE_HOST",
  "KUBERNETES_SERVICE_PORT",
]);

/** The terminal that the runner is to its agent. */
const TERMINAL = { TERM: "xterm-256color", COLORTERM: "truecolor" } as const;

/** The agent's environment: the allow list, locale variables, and the named ones. */
export function sessionEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  names: readonly string[],
): Record<string, string> {
  const named = new Set(names);
  const kept = Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && (ALLOWED.has(name) || name.startsWith("LC_") || named.has(name)) ? [[name, value]] : [],
  );
  return { ...Object.fromEntries(kept), ...TERMINAL };
}
