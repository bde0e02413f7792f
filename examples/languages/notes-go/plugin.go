// Rule `notes` in Go: finds what the one in Rust finds, and says the same.

package export_wit_world

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	. "wit_component/acme_lint_types"

	. "go.bytecodealliance.org/pkg/wit/types"
)

// A word that makes a note, and how much it matters if not as much as any.
type mark struct {
	word     string
	severity Option[Severity]
}

var marks = []mark{
	{"FIXME", Some(SeverityError)},
	{"TODO", None[Severity]()},
	{"XXX", Some(SeverityWarning)},
}

func Describe() Description {
	return Description{
		Title:    "Notes left behind",
		Summary:  "A FIXME, TODO or XXX is work that is left to do.",
		Severity: SeverityNote,
	}
}

func Check(document Document) []Finding {
	findings := []Finding{}
	for index, line := range document.Lines {
		for _, mark := range marks {
			for at := find(line, mark.word, 0); at >= 0; at = find(line, mark.word, at+len(mark.word)) {
				if isWord(line, at, mark.word) {
					findings = append(findings, finding(uint32(index+1), line[:at], mark))
				}
			}
		}
	}
	return findings
}

// Where a word is next, from some byte on, or -1.
func find(line, word string, from int) int {
	at := strings.Index(line[from:], word)
	if at < 0 {
		return at
	}
	return from + at
}

// Whether a word, found at a byte, is one of its own and not a piece of `TODOS`.
func isWord(line string, at int, word string) bool {
	before, _ := utf8.DecodeLastRuneInString(line[:at])
	after, _ := utf8.DecodeRuneInString(line[at+len(word):])
	return !inWord(before) && !inWord(after)
}

// At an end of the line there is an error in place of a character, which is no letter.
func inWord(character rune) bool {
	return unicode.IsLetter(character) || unicode.IsNumber(character) || character == '_'
}

func finding(line uint32, before string, mark mark) Finding {
	start := uint32(utf8.RuneCountInString(before)) + 1
	end := start + uint32(len(mark.word))
	return Finding{
		Range:    Range{Start: Position{Line: line, Column: start}, End: Position{Line: line, Column: end}},
		Severity: mark.severity,
		Message:  fmt.Sprintf("`%s` was left behind", mark.word),
		Fix:      None[Fix](),
	}
}
