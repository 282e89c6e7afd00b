/** Why talking to a remote failed. */
export type GitFailure = "auth" | "notFound" | "network" | "other";

// The messages of git 2.39 to 2.51 (remote-curl.c, http.c) and of libcurl, in the C locale.
const AUTH =
  /Authentication failed|could not read (Username|Password)|terminal prompts disabled|returned error: 40[13]|Access denied|Write access to repository not granted/i;
const NOT_FOUND = /repository '[^']*' not found|returned error: 404|Repository not found/i;
const NETWORK =
  /Could not resolve host|Failed to connect|Couldn't connect|Connection (refused|reset|timed out|was)|Operation timed out|Recv failure|Send failure|Empty reply|early EOF|unexpected disconnect|RPC failed|hung up|returned error: (5\d\d|429)|(SSL|TLS|GnuTLS|HTTP\/2)[^\n]*(error|timeout|closed|not closed cleanly)/i;

/** Reads git's stderr. A refused credential and a missing repository are final; a network error may pass. */
export function gitFailure(stderr: string): GitFailure {
  if (AUTH.test(stderr)) return "auth";
  if (NOT_FOUND.test(stderr)) return "notFound";
  return NETWORK.test(stderr) ? "network" : "other";
}
