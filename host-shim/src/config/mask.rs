//! A file as it may be shown: with stars in place of secrets.

use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Keys that have secrets.
const KEYS: [&str; 3] = ["nkey", "password", "token"];

/// Tables whose values may be secrets.
const TABLES: [&str; 2] = ["environment", "headers"];

/// Keys of addresses, which need no scheme.
const ADDRESSES: [&str; 1] = ["servers"];

/// What a value is, by the keys that lead to it.
#[derive(Clone, Copy, Default)]
struct Of {
    /// A secret, unless it says where that is.
    is_secret: bool,
    /// In a table whose values may be secrets.
    of_secrets: bool,
    is_address: bool,
}

/// The text with as many bytes, so that places in it stay what they are.
pub(super) fn masked(text: &str) -> String {
    let mut secrets = Vec::new();
    match DeTable::parse(text) {
        Ok(file) => of_table(file.get_ref(), text, false, &mut secrets),
        Err(_) => of_anything(text, &mut secrets),
    }
    let mut masked = text.to_owned();
    for secret in secrets {
        if let Some(found) = masked.get(secret.clone()) {
            let stars: String = found.bytes().map(star).collect();
            masked.replace_range(secret, &stars);
        }
    }
    masked
}

/// A line that is masked is one still.
fn star(byte: u8) -> char {
    match byte {
        b'\n' | b'\r' => byte.into(),
        _ => '*',
    }
}

/// In what is no TOML, whatever may be a value.
fn of_anything(text: &str, secrets: &mut Vec<Range<usize>>) {
    let mut words = KEYS.iter().chain(&TABLES).chain(&["://", "@"]);
    if !words.any(|word| text.contains(word)) {
        return;
    }
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let end = start + line.len();
        if !line.trim_start().starts_with('[') {
            let value = line.find('=').map_or(0, |at| at + 1);
            secrets.push(start + value..end);
        }
        start = end;
    }
}

fn of_table(table: &DeTable<'_>, text: &str, are_secret: bool, secrets: &mut Vec<Range<usize>>) {
    for (key, value) in table {
        let of_secrets = TABLES.contains(&&**key.get_ref());
        // Alone, it is the name of a variable.
        let is_no_table = of_secrets && table.len() > 1;
        let of = Of {
            is_secret: are_secret || is_no_table || KEYS.contains(&&**key.get_ref()),
            of_secrets,
            is_address: ADDRESSES.contains(&&**key.get_ref()),
        };
        of_value(value, text, of, secrets);
    }
}

fn of_value(value: &Spanned<DeValue<'_>>, text: &str, of: Of, secrets: &mut Vec<Range<usize>>) {
    match value.get_ref() {
        // It says where the secret is.
        DeValue::Table(table) => of_table(table, text, of.of_secrets, secrets),
        _ if of.is_secret => secrets.push(value.span()),
        DeValue::Array(values) => {
            for value in values.iter() {
                of_value(value, text, of, secrets);
            }
        }
        DeValue::String(_) => secrets.extend(of_url(text, value.span(), of.is_address)),
        _ => {}
    }
}

/// What of a URL is secret: who is named before its host, and what it asks for.
fn of_url(text: &str, span: Range<usize>, is_address: bool) -> impl Iterator<Item = Range<usize>> {
    let found = text.get(span.clone()).unwrap_or_default();
    let scheme = found.find("://").map(|at| at + "://".len());
    // Before it is the quotation mark.
    let rest = scheme.or(is_address.then_some(1));
    let rest = rest.and_then(|start| Some((start, found.get(start..)?)));
    let user = rest.and_then(|(start, rest)| Some(start..start + rest.rfind('@')?));
    let query = rest.and_then(|(start, rest)| Some(start + rest.find('?')? + 1..found.len()));
    let found = user.into_iter().chain(query);
    found.map(move |it| span.start + it.start..span.start + it.end)
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn secrets_are_masked_and_nothing_else() {
        let cases = [
            ("password = \"hunter2\"", "password = *********"),
            ("nats.token = 12345", "nats.token = *****"),
            ("nkey = '''\nSU\nAC'''", "nkey = ***\n**\n*****"),
            ("password = \"ä\" # it is", "password = **** # it is"),
            (
                "password = { environment = \"NAME\" }",
                "password = { environment = \"NAME\" }",
            ),
            (
                "headers = { a = \"b\", c = { file = \"d\" } }",
                "headers = { a = ***, c = { file = \"d\" } }",
            ),
            ("[x.environment]\nKEY = \"v\"", "[x.environment]\nKEY = ***"),
            (
                "servers = [\"nats://me:pw@h:1\", \"nats://h:2\"]",
                "servers = [\"nats://*****@h:1\", \"nats://h:2\"]",
            ),
            (
                "servers = [\"me:p@w@h:1\", 'me@h', \"h:2\"]",
                "servers = [\"******@h:1\", '**@h', \"h:2\"]",
            ),
            ("http = \"https://h/?key=s\"", "http = \"https://h/?******"),
            ("file = \"a@b?c\"", "file = \"a@b?c\""),
            ("x = 1\nheaders = \"a\"", "x = 1\nheaders = ***"),
            ("cache = = 3", "cache = = 3"),
        ];
        for (text, expected) in cases {
            assert_eq!(masked(text), expected);
        }
    }

    #[test]
    fn what_is_no_toml_is_masked_as_well() {
        for text in [
            "password = \"hunter2\"\n[limits",
            "[limits\npassword = \"hunter2\"",
            "cache = = 3\n[nats]\npassword = \"hunter2\"\n",
            "password = \"hunter2\" \"hunter2\"",
            "password = \"hunter2",
            "password = hunter2",
            "password = \"hunter2\npassword = \"hunter2\"",
            "headers = { a = \"hunter2\"",
            "headers = { a = \"hunter2\" b = 3 }",
            "servers = [\"me:hunter2@h:1\"",
        ] {
            let masked = masked(text);
            assert_eq!(masked.len(), text.len());
            assert!(!masked.contains("hunter2"), "{text}\n{masked}");
        }
    }
}
