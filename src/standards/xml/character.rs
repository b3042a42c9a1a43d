//! hei-xml: which characters XML 1.0 can carry (XML 1.0 §2.2, production Char).

/// Whether the text has only characters that XML 1.0 can carry. Every door
/// asks this, so that what came in can always go out.
#[must_use]
pub fn carriable(text: &str) -> bool {
    first_uncarriable(text).is_none()
}

/// The byte offset and the first character that XML 1.0 cannot carry.
#[must_use]
pub fn first_uncarriable(text: &str) -> Option<(usize, char)> {
    let suspicious = |byte: &u8| *byte < 0x20 || *byte == 0xEF;
    if !text.as_bytes().iter().any(suspicious) {
        return None;
    }
    text.char_indices().find(|(_, found)| !is_char(*found))
}

/// Char ::= #x9 | #xA | #xD | [#x20-#xD7FF] | [#xE000-#xFFFD] | [#x10000-#x10FFFF]
pub(crate) fn is_char(found: char) -> bool {
    matches!(found, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..='\u{10FFFF}')
}

/// White space of XML 1.0 §2.3.
pub(crate) fn is_space(found: char) -> bool {
    matches!(found, ' ' | '\t' | '\n' | '\r')
}

/// NCName of Namespaces in XML 1.0 §3: a Name without colon.
pub(crate) fn is_ncname(name: &str) -> bool {
    let mut letters = name.chars();
    letters.next().is_some_and(is_name_start) && letters.all(is_name_char)
}

fn is_name_start(found: char) -> bool {
    matches!(found,
        'A'..='Z' | '_' | 'a'..='z' | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}'
        | '\u{F8}'..='\u{2FF}' | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFF}'
        | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}' | '\u{2C00}'..='\u{2FEF}'
        | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}'
        | '\u{10000}'..='\u{EFFFF}')
}

fn is_name_char(found: char) -> bool {
    is_name_start(found)
        || matches!(found,
            '-' | '.' | '0'..='9' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}
