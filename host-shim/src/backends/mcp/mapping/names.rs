//! Names on both sides.

/// How long names may be that differ and are one, in bytes.
const LONGEST: usize = 256;

/// Whether two names are one: they may differ in what tells their words apart, as `entityType`,
/// `entity_type` and `entity-type` do.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    if one.len().max(other.len()) > LONGEST {
        return one == other;
    }
    let letters = |name| str::chars(name).filter(|it| it.is_alphanumeric());
    let small = |name| letters(name).flat_map(char::to_lowercase);
    small(one).eq(small(other))
}

/// The one of several names that is meant: the same, or else the first that differs only in how its
/// words are told apart.
pub(super) fn find<'a, T>(
    named: impl Iterator<Item = (&'a str, T)> + Clone,
    name: &str,
) -> Option<(&'a str, T)> {
    let mut exact = named.clone();
    let mut named = named;
    let exact = exact.find(|(it, _)| *it == name);
    exact.or_else(|| named.find(|(it, _)| is_same(it, name)))
}

/// What a server without a schema is told for a WIT name.
pub(super) fn unguided(name: &str) -> String {
    name.replace('-', "_")
}

/// The WIT name of a tool, a property or a case; nothing if nothing is left of it.
pub(super) fn kebab(name: &str) -> Option<String> {
    let mut words: Vec<String> = vec![String::new()];
    let mut before = None;
    for letter in name.chars() {
        let begins = match before {
            Some(before) => letter.is_ascii_uppercase() && !char::is_ascii_uppercase(&before),
            None => false,
        };
        if !letter.is_ascii_alphanumeric() || begins {
            words.push(String::new());
        }
        if letter.is_ascii_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.push(letter.to_ascii_lowercase());
        }
        before = Some(letter);
    }
    words.retain(|word| !word.is_empty());
    let mut kebab = String::new();
    for word in words {
        // WIT's words begin with a letter, so a number belongs to the word before it.
        let is_number = word.starts_with(|it: char| it.is_ascii_digit());
        match (kebab.is_empty(), is_number) {
            (true, true) => kebab.push('n'),
            (false, false) => kebab.push('-'),
            _ => {}
        }
        kebab.push_str(&word);
    }
    (!kebab.is_empty()).then_some(kebab)
}

#[cfg(test)]
mod tests {
    use super::{find, is_same, kebab};

    #[test]
    fn names_of_all_styles_are_one() {
        for name in ["entityType", "entity_type", "entity-type", "EntityType"] {
            assert!(is_same(name, "entity-type"), "{name}");
            assert_eq!(kebab(name).as_deref(), Some("entity-type"));
        }
        assert!(!is_same("entity-types", "entity-type"));
    }

    #[test]
    fn the_exact_name_comes_first() {
        let names = [("to_do", 1), ("todo", 2)];
        let find = |name| find(names.iter().copied(), name).map(|(_, it)| it);
        assert_eq!(find("todo"), Some(2));
        assert_eq!(find("to-do"), Some(1));
        assert_eq!(find("done"), None);
    }

    #[test]
    fn any_name_is_made_one_of_wit() {
        let kebab = |name| kebab(name).unwrap_or_default();
        assert_eq!(kebab("HTTPServer"), "httpserver");
        assert_eq!(kebab("3d model"), "n3d-model");
        assert_eq!(kebab("utf_8"), "utf8");
        assert_eq!(kebab("$ref"), "ref");
        assert_eq!(kebab("日"), "");
    }
}
