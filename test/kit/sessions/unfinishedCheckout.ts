// Scripts of bash that run in a checkout, of the user or of a session.

/** 200 MiB of history in a small checkout, a commit that no remote has, and every state that a file can be in. */
export const BEGIN = `git config user.name U; git config user.email u@example.invalid; git config core.compression 0
for part in $(seq 40); do head -c 5M /dev/urandom > large.bin; git add large.bin; git commit -qm "Part $part"; done
git rm -q large.bin; git commit -qm "Small again"
for name in plain gone renamed both mode; do echo $name > $name.txt; done; mkdir -p 'ü/☂'; echo deep > 'ü/☂/häßlich.txt'
ln -s plain.txt link; printf '#!/bin/sh\\n' > tool.sh; chmod +x tool.sh; git add -A; git commit -qm "Not pushed"
echo staged > both.txt; chmod +x mode.txt; git rm -q gone.txt; git mv renamed.txt 'new name.txt'; ln -s nowhere dangling; git add -A
echo unstaged >> both.txt; rm plain.txt; echo untracked > 'não seguido.txt'; printf 'x' > run.sh; chmod +x run.sh; ln -s /etc/hostname outside`;

/** What an agent does then: it changes, adds, deletes, renames and commits, and leaves some of it unfinished. */
export const CHANGE = `git config user.name Agent && git config user.email agent@example.com &&
  git rm -qf both.txt && git mv tool.sh renamed.sh && echo more >> mode.txt && echo new > 'neu ☂.txt' && chmod +x 'neu ☂.txt' &&
  git add -A && git commit -qm 'By the agent' && echo staged > later.txt && git add later.txt && echo unstaged >> later.txt &&
  rm mode.txt && echo untracked > last.txt && ln -s last.txt last-link`;

/** All that git and the file system know of a checkout, the same text on any machine. */
export const STATE = `export LC_ALL=C
git rev-parse HEAD
git status --porcelain=v1
git ls-files --stage
find . -name .git -prune -o -type l -printf 'l %p %l\\n' -o -type f -perm -100 -printf 'x %p\\n' -o -type f -printf '- %p\\n' | sort
find . -name .git -prune -o -type f -print0 | sort -z | xargs -0 sha256sum
git -c gc.auto=0 rev-list --objects HEAD | sort | sha256sum`;

/** Its HEAD, its index and its files, as objects of git. */
export const TREES = `git rev-parse HEAD; git write-tree; index=$(mktemp); cp "$(git rev-parse --git-path index)" $index
export GIT_INDEX_FILE=$index; git add -A; git write-tree; rm $index`;
