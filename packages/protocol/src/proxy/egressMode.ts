/** What the proxy does with a host that no rule allows: `Enforce` refuses it, `Record` lets it pass and notes it. */
export const EGRESS_MODES = ["Enforce", "Record"] as const;
