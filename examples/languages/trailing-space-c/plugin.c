// Rule `trailing-space` in C: finds what the one in Rust finds, and says the same.

#include "rule.h"
#include <stdlib.h>

// The next character of text that is UTF-8, as each string of a component is.
static uint32_t next(const uint8_t **at) {
  const uint8_t *byte = *at;
  const uint8_t first = *byte++;
  const int more = first < 0xc0 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
  uint32_t character = more == 0 ? first : first & (0x3f >> more);
  for (int i = 0; i < more; i++) {
    character = character << 6 | (*byte++ & 0x3f);
  }
  *at = byte;
  return character;
}

// What Unicode calls white space.
static bool is_white(uint32_t character) {
  switch (character) {
  case 0x20:
  case 0x85:
  case 0xa0:
  case 0x1680:
  case 0x2028:
  case 0x2029:
  case 0x202f:
  case 0x205f:
  case 0x3000:
    return true;
  default:
    return (character >= 0x09 && character <= 0x0d) || (character >= 0x2000 && character <= 0x200a);
  }
}

// How many characters a line has, and how many without the white space at its end.
static void measure(const rule_string_t *line, uint32_t *length, uint32_t *kept) {
  const uint8_t *at = line->ptr;
  const uint8_t *end = at + line->len;
  *length = *kept = 0;
  while (at < end) {
    *length += 1;
    if (!is_white(next(&at))) {
      *kept = *length;
    }
  }
}

static void find(uint32_t number, uint32_t length, uint32_t kept, rule_finding_t *finding) {
  finding->range.start = (rule_position_t){.line = number, .column = kept + 1};
  finding->range.end = (rule_position_t){.line = number, .column = length + 1};
  finding->severity.is_some = false;
  rule_string_dup(&finding->message, "white space at the end of the line");
  finding->fix.is_some = true;
  finding->fix.val.tag = ACME_LINT_TYPES_FIX_DELETE;
}

void exports_rule_describe(rule_description_t *description) {
  rule_string_dup(&description->title, "Trailing white space");
  rule_string_dup(&description->summary,
                  "White space at the end of a line cannot be seen, but changes the file.");
  description->severity = ACME_LINT_TYPES_SEVERITY_WARNING;
}

// What comes in belongs to the function, and what goes out to who called it.
void exports_rule_check(rule_document_t *document, rule_list_finding_t *findings) {
  const size_t lines = document->lines.len;
  findings->len = 0;
  findings->ptr = calloc(lines, sizeof(rule_finding_t));
  if (findings->ptr == NULL && lines > 0) {
    abort();
  }
  for (size_t i = 0; i < lines; i++) {
    uint32_t length, kept;
    measure(&document->lines.ptr[i], &length, &kept);
    if (kept < length) {
      find(i + 1, length, kept, &findings->ptr[findings->len++]);
    }
  }
  rule_document_free(document);
}
