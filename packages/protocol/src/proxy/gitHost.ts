/** A host that git asks over HTTPS. */
export interface GitHost {
  readonly host: string;
  readonly port: number;
}

const HTTPS = /^https:\/\/(?:[^@/]*@)?([A-Za-z0-9.-]+)(?::(\d{1,5}))?\//;
const SSH = /^(?:ssh|git\+ssh):\/\/(?:[^@/]*@)?([A-Za-z0-9.-]+)(?::\d+)?\//;
/** `user@host:path`; a single letter is a drive. */
const SCP = /^(?:[^@/:]+@)?([A-Za-z0-9.-]{2,}):(?!\/\/|:)/;

/** The host of a git remote by its URL, as git asks it when SSH is replaced by HTTPS; undefined for anything else. */
export function gitHostOf(remote: string): GitHost | undefined {
  const [, host, port = "443"] = HTTPS.exec(remote) ?? (SSH.exec(remote) ?? SCP.exec(remote))?.slice(0, 2) ?? [];
  return host === undefined ? undefined : { host: host.toLowerCase(), port: Number(port) };
}

/** Settings by which git asks a host over HTTPS also where a remote says SSH, which no proxy passes. */
export const httpsInsteadOfSsh = ({ host }: GitHost) =>
  [`git@${host}:`, `ssh://git@${host}/`].map((value) => ({ key: `url.https://${host}/.insteadOf`, value }));
