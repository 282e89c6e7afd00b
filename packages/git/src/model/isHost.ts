/** Whether the address of a remote is on another machine. */
export const isHost = (address: string): boolean => /^(https?|ssh|git):\/\/|^[^/]+@?[^/]*:[^/]/.test(address);
