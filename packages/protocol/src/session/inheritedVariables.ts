/**
 * The variables that our programs pass on to the next one, in addition to the locale's `LC_…`: for finding programs,
 * language, and proxies. No variable that usually holds a credential is among them. One list for a runner, its agent, a
 * service and a run, so that none passes on what another holds back.
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

/** The part of an environment that is passed on: the list, and the given variables. */
export function inheritedVariables(
  environment: Readonly<Record<string, string | undefined>>,
  also: Iterable<string> = [],
): Record<string, string> {
  const named = new Set(also);
  const isKept = (name: string) => INHERITED.has(name) || name.startsWith("LC_") || named.has(name);
  const kept = Object.entries(environment).filter(([name, value]) => value !== undefined && isKept(name));
  return Object.fromEntries(kept) as Record<string, string>;
}
