import { type Authority, parseAuthority } from "@clauderon/protocol/proxy";
import { pathReadings } from "./pathReadings.ts";

/** What a request asks for, as its first line or its pseudo-headers name it. */
export interface RequestTarget {
  /** From absolute-form. */
  readonly scheme?: "http" | "https";
  readonly authority?: Authority;
  /** Origin-form, or `*`: what goes upstream, byte for byte what came. */
  readonly text: string;
  readonly path: string;
  /** Without the question mark; undefined when there is none. */
  readonly query?: string;
  /** Every path that a server could take it for. */
  readonly readings: readonly string[];
}

export const DEFAULT_PORTS = { http: 80, https: 443 } as const;

/** Characters that HTTP allows in a target: no space, no control, nothing beyond ASCII, no fragment. */
const PLAIN = /^[!"$-~]+$/;

/** Longer than servers take; a target that is not bounded would make its readings slow. */
const MAX_TARGET = 16_384;

/** The target of a request in origin-form, absolute-form or, for OPTIONS, `*`; undefined for any other. */
export function parseTarget(method: string, target: string): RequestTarget | undefined {
  if (target.length > MAX_TARGET || !PLAIN.test(target)) return undefined;
  if (target === "*") return method === "OPTIONS" ? { text: target, path: target, readings: [target] } : undefined;
  return target.startsWith("/") ? originForm(target) : absoluteForm(target);
}

function absoluteForm(target: string): RequestTarget | undefined {
  const [, schemeText = "", authorityText = "", rest = ""] = /^(https?):\/\/([^/?]*)(.*)$/i.exec(target) ?? [];
  const scheme = schemeText.toLowerCase() === "https" ? "https" : "http";
  const authority = parseAuthority(authorityText, DEFAULT_PORTS[scheme]);
  if (authority === undefined) return undefined;
  const origin = originForm(rest.startsWith("/") ? rest : `/${rest}`);
  return origin === undefined ? undefined : { ...origin, scheme, authority };
}

function originForm(text: string): RequestTarget | undefined {
  const mark = text.indexOf("?");
  const path = mark < 0 ? text : text.slice(0, mark);
  const readings = pathReadings(path);
  if (readings === undefined) return undefined;
  return { text, path, readings, ...(mark < 0 ? {} : { query: text.slice(mark + 1) }) };
}
