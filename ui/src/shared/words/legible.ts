// Text of a bench, written so that each of its characters is seen. What nobody
// would see, or what would reorder its neighbours, stands there as ‹U+202E›.

// Soft hyphens, fillers, marks of direction, zero widths, line and paragraph
// separators, byte order marks, tags, and halves of surrogate pairs.
export const unseen =
  /[\u034f\u180b-\u180f]|[\u00ad\u061c\u115f\u1160\u17b4\u17b5\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]|\udb40[\udc00-\udc7f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

const unseenInNames = new RegExp(`[\\u0000-\\u001f\\u007f-\\u009f]|${unseen.source}`, 'g')

export const sign = (char: string) =>
  `‹U+${char.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}›`

// legible is for names and single sentences; a log has its own way, which keeps
// the text that is searched and copied.
export const legible = (text: string): string => text.replace(unseenInNames, sign)
