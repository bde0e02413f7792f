// Rule `repeated-words` in JavaScript: finds what the one in Rust finds, and says the same.

export function describe() {
  return {
    title: "Repeated words",
    summary: "A word that stands there twice in a row is most often a slip.",
    severity: "warning",
  };
}

export function check(document) {
  const words = document.lines.flatMap(wordsOf);
  return words.slice(1).flatMap((word, index) => {
    const previous = words[index];
    return repeats(word, previous) ? [finding(previous, word)] : [];
  });
}

// Columns count Unicode scalar values, and JavaScript's indices UTF-16: a character of two is one.
function wordsOf(text, index) {
  return [...text.matchAll(/\S+/gu)].map((match) => ({
    line: index + 1,
    column: length(text.slice(0, match.index)) + 1,
    text: match[0],
  }));
}

// A mark between the two keeps them apart, as in "no, no", and so does a blank line.
function repeats(word, previous) {
  const plain = withoutMark(word.text);
  return (
    word.line - previous.line <= 1 &&
    plain !== "" &&
    [...plain].every(isLetter) &&
    plain.toLowerCase() === previous.text.toLowerCase()
  );
}

// Only a repetition within one line has a fix, as across two a writer knows best what.
function finding(first, second) {
  const end = second.column + length(withoutMark(second.text));
  return {
    range: {
      start: { line: first.line, column: first.column },
      end: { line: second.line, column: end },
    },
    severity: undefined,
    message: `\`${first.text}\` stands here twice`,
    fix: first.line === second.line ? { tag: "replace", val: first.text } : undefined,
  };
}

function withoutMark(text) {
  return text.replace(/[!-\/:-@\[-`{-~]+$/, "");
}

// The engine has no tables for `\p{Alphabetic}`; this takes letters that have a case.
function isLetter(character) {
  return character.toLowerCase() !== character.toUpperCase();
}

function length(text) {
  return [...text].length;
}
