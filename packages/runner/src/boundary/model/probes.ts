/** A way around the proxy: a place that answers if it is open. */
export interface Probe {
  readonly what: string;
  readonly address: string;
  readonly port: number;
  readonly protocol: "TCP" | "UDP";
}

/** Places as in a variable: `1.1.1.1:443`, `[2606:4700:4700::1111]:443`, separated by commas. What is not one is left out. */
export function parseProbes(text: string): readonly Probe[] {
  return text.split(",").flatMap((place) => {
    const [, bracketed, plain, port = ""] = /^(?:\[([0-9a-f:]+)\]|([0-9.]+)):(\d{1,5})$/.exec(place.trim()) ?? [];
    const address = bracketed ?? plain;
    if (address === undefined) return [];
    return [{ what: "the network", address, port: Number(port), protocol: "TCP" }];
  });
}

export function formatProbe({ what, address, port, protocol }: Probe): string {
  const place = address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
  return `${what} at ${place}${protocol === "UDP" ? " by UDP" : ""}`;
}
