import { SETTING_ARGUMENTS } from "./settings.ts";

/**
 * The arguments of the git that serves a fetch of these refs and of HEAD, from the git folder in the working directory.
 * A client that names no ref gets HEAD.
 */
export function uploadPackArguments(refs: readonly string[]): readonly string[] {
  // The last matching rule counts.
  const shown = [...refs, "HEAD"].map((ref) => `uploadpack.hideRefs=!${ref}`);
  return [...configured(["uploadpack.hideRefs=refs", ...shown]), "upload-pack", "."];
}

/**
 * The arguments of the git that accepts a push to this ref only, up to that many bytes. It accepts every object that the
 * user's repository has, including what an old program wrote and `git fsck` rejects. git does not check out what would
 * do harm.
 */
export function receivePackArguments(ref: string, maxBytes: number): readonly string[] {
  const settings = [
    "receive.hideRefs=refs",
    `receive.hideRefs=!${ref}`,
    "receive.fsckObjects=false",
    "receive.shallowUpdate=true",
    // Captured work does not descend from the previous one.
    "receive.denyNonFastForwards=false",
    // A pack is stored as it arrives. Unpacking would compress everything again.
    "receive.unpackLimit=1",
    `receive.maxInputSize=${maxBytes}`,
  ];
  return [...configured(settings), "receive-pack", "."];
}

const configured = (settings: readonly string[]) => [
  ...SETTING_ARGUMENTS,
  ...settings.flatMap((setting) => ["-c", setting]),
];
