/** Where a value came from. */
export type ConfigOrigin =
  | { readonly from: "default" }
  | { readonly from: "file"; readonly path: string; readonly line: number }
  | { readonly from: "environment"; readonly variable: string }
  | { readonly from: "flag"; readonly flag: string };

/** `default`, `PATH:LINE`, `environment NAME` or `flag --NAME`. */
export function originText(origin: ConfigOrigin): string {
  if (origin.from === "file") return `${origin.path}:${origin.line}`;
  if (origin.from === "environment") return `environment ${origin.variable}`;
  return origin.from === "flag" ? `flag ${origin.flag}` : "default";
}
