/** What the command may be asked for. */
export interface AuditOptions {
  readonly state: string;
  readonly session?: string;
  readonly refused: boolean;
  readonly verify: boolean;
  readonly json: boolean;
}
