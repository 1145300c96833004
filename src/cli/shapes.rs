//! Shapes that look wrong: warned of, never refused, since the broker decides.

use crate::engine::looks_like_client_code;

pub fn client_code(text: &str) -> Option<&'static str> {
    (!text.is_empty() && !looks_like_client_code(text)).then_some(
        "The client code looks unusual: most are capitals followed by digits, as A123456.",
    )
}

pub fn pin(text: &str) -> Option<&'static str> {
    let usual = text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
    (!usual).then_some("The PIN looks unusual: it is the 4-digit MPIN, not the web password.")
}

pub fn api_key(text: &str) -> Option<&'static str> {
    let usual = text.len() == 8 && text.bytes().all(|b| b.is_ascii_alphanumeric());
    (!usual).then_some("The API key looks unusual: most are 8 letters and digits.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_shapes_are_warned_of() {
        for (text, odd) in [("A123456", false), ("", false), ("asha@example.in", true)] {
            assert_eq!(client_code(text).is_some(), odd, "{text}");
        }
        for (text, odd) in [
            ("0042", false),
            ("12345", true),
            ("12a4", true),
            ("१२३४", true),
        ] {
            assert_eq!(pin(text).is_some(), odd, "{text}");
        }
        for (text, odd) in [("kNj5amp1", false), ("kNj5amp", true), ("kNj5-mp1", true)] {
            assert_eq!(api_key(text).is_some(), odd, "{text}");
        }
    }

    /// A warning is shown and logged: it must not repeat what it is about.
    #[test]
    fn warnings_never_hold_the_value() {
        assert!(!pin("9731x").unwrap().contains("9731"));
        assert!(!api_key("zz").unwrap().contains("zz"));
    }
}
