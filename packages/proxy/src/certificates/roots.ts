import { getCACertificates } from "node:tls";

/** The roots that this machine trusts, PEM; those that come with Node when the machine has none, as in a bare image. */
export function trustedRoots(): readonly string[] {
  const system = getCACertificates("system");
  return system.length > 0 ? system : getCACertificates("bundled");
}

/** One text of PEM certificates, as the variables of tools (SSL_CERT_FILE, GIT_SSL_CAINFO) want it. */
export function bundleOf(certificates: readonly string[]): string {
  return certificates.map((certificate) => `${certificate.trim()}\n`).join("");
}
