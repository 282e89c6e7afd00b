import type { Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from "node:zlib";

const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
};

/** What turns an encoded body into its bytes: nothing for one that is not encoded, undefined for an encoding we do not know. */
export function decodersFor(encoding: string): readonly Transform[] | undefined {
  const names = encoding.split(",").map((name) => name.trim().toLowerCase());
  const coded = names.filter((name) => name !== "" && name !== "identity").toReversed();
  const makers = coded.flatMap((name) => DECODERS[name] ?? []);
  return makers.length === coded.length ? makers.map((make) => make()) : undefined;
}
