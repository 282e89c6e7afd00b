const SUFFIXES: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** A Kubernetes quantity as a number, good enough to say which of two is larger; 0 for what is no quantity. */
export function quantityBytes(quantity: string): number {
  const match = /^([+-]?[0-9.]+)(?:[eE]([+-]?[0-9]+)|([A-Za-z]*))$/.exec(quantity);
  const suffix = SUFFIXES[match?.[3] ?? ""];
  if (match === null || suffix === undefined) return 0;
  return Number(match[1]) * suffix * 10 ** Number(match[2] ?? 0);
}
