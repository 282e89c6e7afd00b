/**
 * What an agent may do to the services that it reaches: `ReadOnly` allows only reading requests, and those of the model
 * itself. It needs a boundary, whose proxy enforces it.
 */
export const ACCESS_MODES = ["ReadWrite", "ReadOnly"] as const;
