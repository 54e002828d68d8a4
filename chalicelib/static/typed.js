// Numbers as people type them, with a comma or a point, made the API's plain decimals; never guessed.

const GROUPED = { ",": /^\d{1,3}(,\d{3})+$/, ".": /^\d{1,3}(\.\d{3})+$/ };

/** The number as a plain decimal, like "1.5"; null when it is none, or could be read in two ways. */
export function typedNumber(text) {
  const bare = text.trim().replace(/(\d)[\s\u00a0\u202f](?=\d{3}(\D|$))/g, "$1");
  if (isAmbiguous(bare)) return null;
  const mark = decimalMark(bare);
  const [whole, fraction = ""] = mark ? bare.split(mark) : [bare];
  const other = mark === "," ? "." : ",";
  const isGrouped = GROUPED[other].test(whole) || (!mark && GROUPED["."].test(whole));
  const digits = isGrouped ? whole.replace(/[,.]/g, "") : whole;
  if (!/^\d*$/.test(digits + fraction) || !(digits + fraction)) return null;
  return (digits.replace(/^0+(?=\d)/, "") || "0") + (fraction ? `.${fraction}` : "");
}

/** Why a text is no number: the sentence, or in which two ways it can be read. */
export function unreadable(text, sentence) {
  if (!isAmbiguous(text)) return sentence;
  const [whole, part] = text.trim().split(",");
  return `This can be read as ${whole}${part} or as ${whole}.${part}: write one of them.`;
}

/** Whether its one comma may stand before a fraction or between thousands: "1,000". */
export function isAmbiguous(text) {
  return /^[1-9]\d{0,2},\d{3}$/.test(text.trim());
}

/** What stands before the fraction; nothing in a whole number. */
function decimalMark(text) {
  const marks = text.replace(/[^,.]/g, "");
  const last = marks.at(-1);
  if (!last) return "";
  const isRepeated = marks.indexOf(last) < marks.length - 1;
  return isRepeated ? "" : last;
}
