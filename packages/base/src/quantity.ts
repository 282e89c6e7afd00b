const QUANTITY = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,2})|([KMGTPE]i|[numkMGTPE]))?$/;

const POWERS_OF_TEN: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const POWERS_OF_1024 = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
const NANO = 9;

/**
 * A Kubernetes quantity (`500m`, `1Gi`, `2e3`, or a number) in billionths, rounded up as the API server does; undefined
 * for an invalid one. https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export function quantityNanos(quantity: unknown): bigint | undefined {
  if (typeof quantity !== "string" && typeof quantity !== "number") return undefined;
  const [, sign, whole = "", fraction = "", exponent, suffix = ""] = QUANTITY.exec(String(quantity)) ?? [];
  if (`${whole}${fraction}` === "") return undefined;
  const power = NANO - fraction.length + (exponent === undefined ? (POWERS_OF_TEN[suffix] ?? 0) : Number(exponent));
  const digits = BigInt(whole + fraction) * 1024n ** BigInt(POWERS_OF_1024.indexOf(suffix) + 1);
  const nanos = power >= 0 ? digits * 10n ** BigInt(power) : dividedUp(digits, 10n ** BigInt(-power));
  return sign === "-" ? -nanos : nanos;
}

function dividedUp(value: bigint, by: bigint): bigint {
  return (value + by - 1n) / by;
}
