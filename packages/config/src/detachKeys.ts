/** The default keys to detach; not in the schema's file, which is slow to load. */
export const DETACH_KEYS = "ctrl-p,ctrl-q";
/** The variable that changes them. */
export const DETACH_KEYS_VARIABLE = "CLAUDERON_ATTACH_DETACH_KEYS";
