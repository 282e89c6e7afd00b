/** A pointer of Git LFS is always shorter. */
export const MAX_POINTER_BYTES = 1_024;

const FIRST_LINE =
  /^version (https:\/\/git-lfs\.github\.com\/spec\/v\d|http:\/\/git-media\.io\/v\/\d|https:\/\/hawser\.github\.com\/spec\/v\d)\n/;

/** Whether git stores these bytes for a file of Git LFS: a pointer, or nothing for an empty file. */
export const isPointer = (text: string): boolean =>
  text === "" || (text.length < MAX_POINTER_BYTES && FIRST_LINE.test(text) && /^oid /m.test(text));
