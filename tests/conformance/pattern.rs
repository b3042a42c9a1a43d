//! Sentences with gaps: `{}` stands for one word, `"{}"` for whatever stands in quotes.

/// What a sentence has in the gaps of a pattern; `None` if it is another sentence.
pub fn fits<'s>(pattern: &str, sentence: &'s str) -> Option<Vec<&'s str>> {
    let mut parts = pattern.split("{}");
    let mut rest = sentence.strip_prefix(parts.next()?)?;
    let mut gaps = Vec::new();
    let mut quoted = pattern.split("{}").next().is_some_and(|before| before.ends_with('"'));
    for part in parts {
        let end = match quoted {
            true => rest.find('"')?,
            false => rest.find([' ', ',']).unwrap_or(rest.len()),
        };
        let (gap, after) = rest.split_at_checked(end)?;
        if gap.is_empty() && !quoted {
            return None;
        }
        gaps.push(gap);
        rest = after.strip_prefix(part)?;
        quoted = part.ends_with('"');
    }
    rest.is_empty().then_some(gaps)
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn gaps_are_words_or_what_stands_in_quotes() {
        assert_eq!(fits("it is serving", "it is serving"), Some(vec![]));
        assert_eq!(fits("it is serving", "it is serving now"), None);
        assert_eq!(fits("refused with {} for {}", "refused with A for B"), Some(vec!["A", "B"]));
        assert_eq!(fits("refused with {}", "refused with A for B"), None);
        assert_eq!(fits("it has {}, still", "it has 7, still"), Some(vec!["7"]));
        assert_eq!(fits("titled \"{}\" in {}", "titled \"A b\" in sv"), Some(vec!["A b", "sv"]));
        assert_eq!(fits("named {}", "named "), None);
        assert_eq!(fits("named \"{}\"", "named \"\""), Some(vec![""]));
    }
}
