import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What `git lfs install` writes, without the process that speeds it up. */
export const LFS_CONFIG = `[filter "lfs"]
	clean = git-lfs clean -- %f
	smudge = git-lfs smudge -- %f
	required = true
`;

/** As git-lfs does: a pointer for git, and the content in the git folder. */
const PROGRAM = `#!/bin/sh -e
store=$(git rev-parse --path-format=absolute --git-common-dir)/lfs/objects
mkdir -p "$store"
if [ "$1" = clean ]; then
  content=$(mktemp "$store/new.XXXXXX"); cat > "$content"
  oid=$(sha256sum "$content" | cut -d ' ' -f 1)
  if head -n 1 "$content" | grep -q '^version https://git-lfs'; then cat "$content"; rm "$content"; exit; fi
  printf 'version https://git-lfs.github.com/spec/v1\\noid sha256:%s\\nsize %s\\n' "$oid" "$(wc -c < "$content")"
  mv "$content" "$store/$oid"
else
  oid=$(sed -n 's/^oid sha256://p'); cat "$store/$oid"
fi
`;

/** Installs it in that folder; returns PATH with the folder. */
export function installLfs(folder: string): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "git-lfs"), PROGRAM);
  chmodSync(join(folder, "git-lfs"), 0o755);
  return `${folder}:${process.env["PATH"] ?? ""}`;
}
