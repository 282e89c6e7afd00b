/**
 * What a session's runner inherits of the daemon's environment, and its agent of the runner's, beside the locale's `LC_…`:
 * no variable that is made for a credential. One list for both, so that neither lets through what the other holds back.
 */
export const INHERITED_VARIABLES = [
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
] as const;
