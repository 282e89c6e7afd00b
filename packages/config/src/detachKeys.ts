/** What leaves a session when no setting says otherwise; apart from the schema, which is slow to load. */
export const DETACH_KEYS = "ctrl-p,ctrl-q";
/** The variable that says otherwise. */
export const DETACH_KEYS_VARIABLE = "CLAUDERON_ATTACH_DETACH_KEYS";
