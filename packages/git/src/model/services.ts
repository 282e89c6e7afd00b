import { SETTING_ARGUMENTS } from "./settings.ts";

/**
 * Arguments of the git that serves a fetch of these refs and of HEAD, from the git folder in the working directory. Whoever
 * names no ref gets HEAD.
 */
export function uploadPackArguments(refs: readonly string[]): readonly string[] {
  // What comes last counts.
  const shown = [...refs, "HEAD"].map((ref) => `uploadpack.hideRefs=!${ref}`);
  return [...configured(["uploadpack.hideRefs=refs", ...shown]), "upload-pack", "."];
}

/**
 * Arguments of the git that takes a push to this ref alone, of at most so many bytes. It takes every object that the user's
 * repository has, also what an old program wrote and `git fsck` refuses; what would harm in a checkout, git does not check out.
 */
export function receivePackArguments(ref: string, maxBytes: number): readonly string[] {
  const settings = [
    "receive.hideRefs=refs",
    `receive.hideRefs=!${ref}`,
    "receive.fsckObjects=false",
    "receive.shallowUpdate=true",
    // Captured work follows on nothing.
    "receive.denyNonFastForwards=false",
    // A pack is kept as it comes; unpacked, all of it would be compressed once more.
    "receive.unpackLimit=1",
    `receive.maxInputSize=${maxBytes}`,
  ];
  return [...configured(settings), "receive-pack", "."];
}

const configured = (settings: readonly string[]) => [
  ...SETTING_ARGUMENTS,
  ...settings.flatMap((setting) => ["-c", setting]),
];
