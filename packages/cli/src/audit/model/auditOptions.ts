/** What the command may be asked for. */
export interface AuditOptions {
  /** The state folder of the proxy; that of sessions on this machine if undefined. */
  readonly state?: string;
  readonly session?: string;
  readonly refused: boolean;
  readonly verify: boolean;
  readonly follow: boolean;
  readonly json: boolean;
}
