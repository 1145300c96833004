//! [`Secret`]: text that is never printed and is wiped when dropped.

use std::fmt;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// Secret text: a TOTP secret, a PIN, an API key, a token, a code.
///
/// It has no `Display` and no `Serialize`, its `Debug` shows nothing, it is
/// compared in constant time and its memory is zeroed on drop. Only
/// [`Secret::expose`] gives the text, so that a search for that word finds every
/// place where one leaves this type.
#[derive(Clone, Default)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes over `text` without copying it.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text itself. The caller must not log, format or keep it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// For a text field that edits the secret in place.
    pub fn expose_mut(&mut self) -> &mut String {
        &mut self.0
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `None` where nothing but white space was given; otherwise the text
    /// without the spaces around it, which people copy along with keys.
    #[must_use]
    pub fn trimmed(&self) -> Option<Self> {
        let text = self.0.trim();
        (!text.is_empty()).then(|| Self::new(text.to_owned()))
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::new(text.to_owned())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl Eq for Secret {}

#[cfg(test)]
mod tests {
    use super::Secret;

    /// A secret must not reach a log through `{:?}`, not even nested.
    #[test]
    fn debug_shows_nothing() {
        let nested = Some(vec![Secret::from("hunter2")]);
        assert!(!format!("{nested:?}").contains("hunter2"));
        assert!(!format!("{nested:#?}").contains("hunter2"));
    }

    #[test]
    fn equality_is_by_text() {
        assert_eq!(Secret::from("1234"), Secret::from("1234"));
        assert_ne!(Secret::from("1234"), Secret::from("1235"));
        assert_ne!(Secret::from("1234"), Secret::from("12345"));
    }

    #[test]
    fn trimmed_drops_spaces_and_emptiness() {
        assert_eq!(Secret::from(" ab \n").trimmed(), Some(Secret::from("ab")));
        assert_eq!(Secret::from("  ").trimmed(), None);
    }
}
