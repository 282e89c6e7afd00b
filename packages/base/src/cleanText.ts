// Everything but tab and newline that a terminal could act on: C0, DEL, C1, bidirectional overrides.
// oxlint-disable-next-line no-control-regex -- naming control characters is the point
const UNPRINTABLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** The text without characters that a terminal would act on, as well-formed Unicode, cut to `maxText` UTF-16 units. */
export function cleanText(text: string, maxText: number): string {
  const printable = text.replace(UNPRINTABLE, "");
  return (printable.length <= maxText ? printable : `${printable.slice(0, maxText - 1)}…`).toWellFormed();
}
