/**
 * The variables that a program of ours passes on to the next one, beside the locale's `LC_…`: how to find programs, speak,
 * and get out through a proxy. No variable that is made for a credential is among them. One list for a runner, its agent,
 * a service and a run, so that none lets through what another holds back.
 */
const INHERITED: ReadonlySet<string> = new Set([
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
  "GIT_SSL_CAINFO",
]);

/** What of an environment is passed on: the list, and the variables that are named here. */
export function inheritedVariables(
  environment: Readonly<Record<string, string | undefined>>,
  also: Iterable<string> = [],
): Record<string, string> {
  const named = new Set(also);
  const isKept = (name: string) => INHERITED.has(name) || name.startsWith("LC_") || named.has(name);
  const kept = Object.entries(environment).filter(([name, value]) => value !== undefined && isKept(name));
  return Object.fromEntries(kept) as Record<string, string>;
}
