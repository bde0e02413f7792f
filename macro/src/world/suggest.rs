//! What to say about a name that is not there.

/// Names that are further away than this are not what was meant.
const LEAST_SIMILARITY: f64 = 0.7;

/// The name that was most likely meant.
pub(crate) fn nearest<'a>(wrong: &str, names: &'a [String]) -> Option<&'a String> {
    let similarity = |name: &str| strsim::jaro_winkler(wrong, name);
    let best = names
        .iter()
        .max_by(|a, b| similarity(a).total_cmp(&similarity(b)));
    best.filter(|name| similarity(name) >= LEAST_SIMILARITY)
}

/// That there is no such thing, what may have been meant, and which there are.
pub(crate) fn missing(what: &str, wrong: &str, names: &[String]) -> String {
    let hint = nearest(wrong, names);
    let hint = hint.map_or(String::new(), |name| format!("; did you mean `{name}`?"));
    let there_is = match names {
        [] => return format!("there is no {what} `{wrong}`, nor any other"),
        [name] => format!("there is `{name}`"),
        names => format!("there are {}", list(names)),
    };
    let separator = if hint.is_empty() { "; " } else { " " };
    let there_is = match hint.is_empty() {
        true => there_is,
        false => there_is.replacen('t', "T", 1),
    };
    format!("there is no {what} `{wrong}`{hint}{separator}{there_is}")
}

/// Names as a sentence has them.
pub(crate) fn list<T: AsRef<str>>(names: &[T]) -> String {
    let quoted: Vec<_> = names
        .iter()
        .map(|name| format!("`{}`", name.as_ref()))
        .collect();
    match quoted.as_slice() {
        [] => "none".into(),
        [name] => name.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::missing;

    #[test]
    fn the_nearest_name_is_offered_if_it_is_near() {
        let names = ["path".to_owned(), "inline".to_owned()];
        assert_eq!(
            missing("option", "pth", &names),
            "there is no option `pth`; did you mean `path`? There are `path` and `inline`"
        );
        assert_eq!(
            missing("option", "zzz", &names),
            "there is no option `zzz`; there are `path` and `inline`"
        );
        assert_eq!(
            missing("world", "rule", &[]),
            "there is no world `rule`, nor any other"
        );
    }
}
