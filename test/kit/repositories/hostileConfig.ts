import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A program that leaves a file "sprung" and fails. */
const TRAP = "<trap>";
/** A folder of hooks that are such programs. */
const HOOKS = "<hooks>";
/** A folder with a file of each kind that a key may name. */
const FILES = "<files>";

/** Values that people have in their configuration and that change what git does or prints, each key once with all of them. */
export const HOSTILE: Readonly<Record<string, readonly string[]>> = {
  "branch.autoSetupMerge": ["always"],
  "branch.autoSetupRebase": ["always"],
  "branch.sort": ["-committerdate"],
  "checkout.defaultRemote": ["upstream"],
  "checkout.guess": ["true"],
  "color.advice": ["always"],
  "color.branch": ["always"],
  "color.diff": ["always"],
  "color.push": ["always"],
  "color.remote": ["always"],
  "color.status": ["always"],
  "color.transport": ["always"],
  "color.ui": ["always"],
  "column.branch": ["always"],
  "column.status": ["always"],
  "column.tag": ["always"],
  "column.ui": ["always"],
  "commit.cleanup": ["scissors"],
  "commit.gpgSign": ["true"],
  "commit.status": ["true"],
  "commit.template": [`${FILES}/template`],
  "commit.verbose": ["2"],
  "core.abbrev": ["4"],
  "core.alternateRefsCommand": [TRAP],
  "core.askPass": [TRAP],
  "core.bare": ["true"],
  "core.commentChar": ["c"],
  "core.commentString": ["clauderon"],
  "core.editor": [TRAP],
  "core.filesRefLockTimeout": ["0"],
  "core.fsmonitor": [TRAP],
  "core.hooksPath": [HOOKS],
  "core.ignoreCase": ["true"],
  "core.ignoreStat": ["true"],
  "core.logAllRefUpdates": ["false"],
  "core.packedRefsTimeout": ["0"],
  "core.pager": [TRAP],
  "core.preferSymlinkRefs": ["true"],
  "core.quotePath": ["false"],
  "core.safecrlf": ["true"],
  "core.splitIndex": ["true"],
  "core.sshCommand": [TRAP],
  "core.untrackedCache": ["true"],
  "core.useReplaceRefs": ["true"],
  "core.warnAmbiguousRefs": ["true"],
  "core.whitespace": ["cr-at-eol,tab-in-indent"],
  "core.worktree": ["/nonexistent"],
  "credential.helper": [TRAP],
  "diff.algorithm": ["patience"],
  "diff.external": [TRAP],
  "diff.ignoreSubmodules": ["all"],
  "diff.mnemonicPrefix": ["true"],
  "diff.noprefix": ["true"],
  "diff.orderFile": ["/nonexistent/order"],
  "diff.relative": ["true"],
  "diff.renames": ["copies"],
  "diff.submodule": ["log"],
  "diff.wordRegex": ["."],
  "feature.experimental": ["true"],
  "feature.manyFiles": ["true"],
  "fetch.bundleURI": ["file:///nonexistent/bundle"],
  "fetch.fsck.hasDotgit": ["ignore"],
  "fetch.fsck.badTimezone": ["error"],
  "fetch.fsck.skipList": ["/nonexistent/skip"],
  "fetch.fsckObjects": ["true"],
  "fetch.negotiationAlgorithm": ["noop"],
  "fetch.output": ["compact"],
  "fetch.parallel": ["0"],
  "fetch.prune": ["true"],
  "fetch.pruneTags": ["true"],
  "fetch.recurseSubmodules": ["true"],
  "fetch.showForcedUpdates": ["true"],
  "fetch.unpackLimit": ["100000"],
  "fetch.writeCommitGraph": ["true"],
  "format.pretty": ["oneline"],
  "gc.auto": ["1"],
  "gc.autoDetach": ["false"],
  "gc.autoPackLimit": ["1"],
  "gc.pruneExpire": ["now"],
  "gpg.program": [TRAP],
  "grep.lineNumber": ["true"],
  "i18n.commitEncoding": ["ISO-8859-1"],
  "i18n.logOutputEncoding": ["UTF-16"],
  "index.skipHash": ["true"],
  "index.sparse": ["true"],
  "index.threads": ["true"],
  "index.version": ["4"],
  "init.defaultObjectFormat": ["sha256"],
  "init.defaultRefFormat": ["reftable"],
  "log.date": ["relative"],
  "log.decorate": ["full"],
  "log.mailmap": ["true"],
  "log.showSignature": ["true"],
  "maintenance.auto": ["true"],
  "merge.autoStash": ["true"],
  "merge.conflictStyle": ["diff3"],
  "merge.ff": ["false"],
  "merge.log": ["true"],
  "merge.verifySignatures": ["true"],
  "notes.displayRef": ["refs/notes/*"],
  "pack.indexVersion": ["1"],
  "pack.packSizeLimit": ["1m"],
  "pack.writeReverseIndex": ["true"],
  "protocol.allow": ["never"],
  "protocol.ext.allow": ["always"],
  "protocol.version": ["0"],
  "push.default": ["matching"],
  "push.followTags": ["true"],
  "push.gpgSign": ["true"],
  "push.negotiate": ["true"],
  "push.pushOption": ["ci.skip"],
  "push.recurseSubmodules": ["only"],
  "push.useForceIfIncludes": ["true"],
  "receive.advertisePushOptions": ["true"],
  "receive.autogc": ["true"],
  "receive.denyCurrentBranch": ["refuse"],
  "receive.denyDeletes": ["true"],
  "receive.denyNonFastForwards": ["true"],
  "receive.fsckObjects": ["true"],
  "receive.hideRefs": ["refs/clauderon"],
  "remote.pushDefault": ["upstream"],
  "rerere.autoUpdate": ["true"],
  "rerere.enabled": ["true"],
  "safe.bareRepository": ["explicit"],
  "sparse.expectFilesOutsideOfPatterns": ["true"],
  "status.branch": ["true"],
  "status.displayCommentPrefix": ["true"],
  "status.relativePaths": ["true"],
  "status.renames": ["false"],
  "status.short": ["true"],
  "status.showStash": ["true"],
  "status.showUntrackedFiles": ["no"],
  "status.submoduleSummary": ["true"],
  "submodule.propagateBranches": ["true"],
  "submodule.recurse": ["true"],
  "tag.forceSignAnnotated": ["true"],
  "tag.gpgSign": ["true"],
  "tag.sort": ["-creatordate"],
  "trace2.normalTarget": ["2"],
  "trace2.eventTarget": ["2"],
  "transfer.advertiseSID": ["true"],
  "transfer.fsckObjects": ["true"],
  "transfer.hideRefs": ["refs/clauderon", "refs/heads/clauderon", "refs/worktree", "HEAD"],
  "transfer.unpackLimit": ["100000"],
  "uploadpack.hideRefs": ["refs/clauderon", "refs/worktree"],
  "uploadpack.packObjectsHook": [TRAP],
  "url.https://mirror.example.invalid/.insteadOf": ["clauderon::"],
  "url.ext::touch sprung .pushInsteadOf": ["clauderon::"],
  "user.useConfigOnly": ["true"],
  "worktree.guessRemote": ["true"],
  "worktree.useRelativePaths": ["true"],
};

export interface HostileHome {
  readonly home: string;
  /** What a trap leaves when it was run. */
  readonly sprung: string;
}

/** Makes a HOME whose `.gitconfig` has all of it, but what `without` names. */
export function hostileHome(folder: string, without: RegExp = /^$/): HostileHome {
  const home = join(folder, "home");
  const [hooks, files, sprung] = [join(folder, "hooks"), join(folder, "files"), join(folder, "sprung")];
  for (const one of [home, hooks, files]) mkdirSync(one, { recursive: true });
  const trap = join(files, "trap");
  const program = `#!/bin/sh\necho "$0 $*" >> '${sprung}'\nexit 1\n`;
  for (const hook of ["reference-transaction", "post-checkout", "post-index-change", "pre-push", "post-merge"]) {
    writeFileSync(join(hooks, hook), program, { mode: 0o755 });
  }
  writeFileSync(trap, program, { mode: 0o755 });
  writeFileSync(join(files, "template"), "Explain yourself\n");
  for (const [key, values] of Object.entries(HOSTILE)) {
    if (without.test(key)) continue;
    for (const value of values) {
      const real = value.replace(TRAP, trap).replace(HOOKS, hooks).replace(FILES, files);
      execFileSync("git", ["config", "--file", join(home, ".gitconfig"), "--add", key, real]);
    }
  }
  return { home, sprung };
}
