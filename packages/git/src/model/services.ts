import { SETTING_ARGUMENTS } from "./settings.ts";

/** Arguments of the git that serves a fetch of these refs alone, from the repository in the working directory. */
export function uploadPackArguments(refs: readonly string[]): readonly string[] {
  const shown = refs.map((ref) => `uploadpack.hideRefs=!${ref}`);
  // What comes last counts, and HEAD is no ref of ours: the branch says it.
  return [...configured(["uploadpack.hideRefs=refs", "uploadpack.hideRefs=HEAD", ...shown]), "upload-pack", "."];
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
