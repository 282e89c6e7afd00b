import type { Text } from "./sourceTexts.ts";

/** A word or phrase that readers stop at, and what to write in its place. */
interface Phrase {
  readonly found: RegExp;
  readonly write: string;
}

const BE = "(?:is|are|was|were|be|been)";

/** Only what an expression finds with hardly any false alarm; the rest of plain English is left to the reviewer. */
const PHRASES: readonly Phrase[] = [
  { found: /\banew\b/i, write: "again" },
  { found: /\bmend(?:s|ed|ing)?\b/i, write: "fix" },
  { found: /\bshall\b/i, write: "should, must, or the plain verb" },
  { found: /\bwhoever\b/i, write: "the caller, the client, anyone who" },
  { found: /\bseldom\b/i, write: "rarely, less often" },
  { found: new RegExp(`\\b${BE} (?:not )?told\\b`, "i"), write: "is reported, is shown" },
  { found: /\b(?:tells?|told) of\b/i, write: "reports, shows" },
  { found: /\b(?:is|are) what it is\b|\bwhat (?:\w+ ){1,3}(?:is|are) at\b/i, write: "its state" },
  { found: /\b(?:goes|going|went|gone) on\b(?! (?:standard|stdout|stderr))/i, write: "continues, keeps running" },
  { found: new RegExp(`\\b${BE} over\\b(?! (?:the|its|a|an|\\d|<))`, "i"), write: "is finished, has ended" },
  { found: /\bby halves\b/i, write: "partially" },
  { found: /\ball the same\b/i, write: "anyway, even so" },
  { found: /\bsuch as (?:has|have|is|are)\b/i, write: "that has, that is" },
  { found: /\bthere (?:is|are|was) of\b|\bthose that there (?:are|is)\b/i, write: "name the things themselves" },
  { found: new RegExp(`(?<!there )\\b${BE} none\\b`, "i"), write: "is not a …, is invalid, does not exist" },
  { found: /\black(?:s|ed|ing)?\b/i, write: "is missing, does not have" },
  { found: /\btak(?:es?|en|ing) (?:it |them )?up\b|\btook (?:it |them )?up\b/i, write: "resumes, starts using" },
  { found: /\bin (?:the|its) place of\b/i, write: "instead of" },
  { found: /\bthr(?:ow|own|ew)(?:s|ing)? (?:\w+ ){0,2}out\b/i, write: "removed, evicted" },
  { found: /\b(?:hereby|thereby|whence|wherein|thereof)\b/i, write: "by this, from which, in which" },
  {
    found: new RegExp(`(?<!there )\\b${BE} no (?!longer|more\\b|earlier|later)\\w+`, "i"),
    write: "is not a …, has no …",
  },
  { found: /\bwithout a word\b/i, write: "silently, without output" },
  { found: /\bin vain\b/i, write: "fails, has no effect" },
  { found: /\bagain and again\b|\bfor ever\b/i, write: "repeatedly, forever" },
  { found: /\b\w+ of before\b/i, write: "the previous …" },
];

/** The phrases in some texts that readers stop at, each as a line with what to write instead. */
export function phraseProblems(texts: readonly Text[]): readonly string[] {
  return texts.flatMap(({ file, place, text }) =>
    PHRASES.flatMap(({ found, write }) => {
      const match = found.exec(text)?.[0];
      return match === undefined ? [] : [`${file} (${place}): "${match}" → ${write}\n    ${text}`];
    }),
  );
}
