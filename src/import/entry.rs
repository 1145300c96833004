//! One entry as another program wrote it, on its way to a draft.

use super::{Draft, EntryError, Format, ImportError, Imported, NotDone};
use crate::otp::{Algorithm, Otp, OtpError, OtpauthError, label_of, parse_uri};
use crate::secret::Secret;

/// More than ten times what anybody has; duplicates are looked for among them.
pub const MAX_ENTRIES: usize = 5_000;

/// Whose code it is: for the draft, and for naming the entry in an error.
#[derive(Default, Clone)]
pub struct Label {
    pub issuer: Option<String>,
    pub name: String,
}

impl Label {
    /// What this label lacks is taken from `other`.
    fn or(self, other: &Self) -> Self {
        Self {
            issuer: self.issuer.or_else(|| other.issuer.clone()),
            name: if self.name.is_empty() {
                other.name.clone()
            } else {
                self.name
            },
        }
    }

    /// `GitHub (asha)`, `GitHub`, `asha`, or nothing.
    fn shown(&self) -> String {
        let issuer = self.issuer.as_deref().map(harmless).unwrap_or_default();
        match (issuer, harmless(&self.name)) {
            (issuer, name) if name.is_empty() => issuer,
            (issuer, name) if issuer.is_empty() => name,
            (issuer, name) => format!("{issuer} ({name})"),
        }
    }
}

/// Short and on one line; and nothing at all where a damaged file has put a
/// link, a parameter or what looks like a secret into the place of a name.
fn harmless(text: &str) -> String {
    let like_a_secret = |word: &str| {
        let capitals = |c: char| matches!(c, 'A'..='Z' | '2'..='7');
        word.len() >= 16 || word.split(|c| !capitals(c)).any(|run| run.len() >= 10)
    };
    let mut words = text.split(|c: char| !c.is_ascii_alphanumeric());
    if text.contains('=') || text.contains("//") || words.any(like_a_secret) {
        return String::new();
    }
    let short = text.chars().filter(|&c| is_plain(c)).take(40);
    short.collect::<String>().trim().to_owned()
}

/// Neither a control nor a mark that turns the direction of what follows.
fn is_plain(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What an entry says, in the words of its program.
#[derive(Default)]
pub struct Entry {
    pub label: Label,
    /// `totp` where it says nothing.
    pub kind: Option<String>,
    /// Base32.
    pub secret: Secret,
    pub algorithm: Option<String>,
    pub digits: Option<String>,
    /// Seconds.
    pub period: Option<String>,
}

/// An entry's label, and what was made of it.
pub type Made = (Label, Result<Draft, ImportError>);

impl Entry {
    pub fn make(self) -> Made {
        let label = self.label.clone();
        let otp = self.otp();
        (label.clone(), otp.map(|otp| draft(otp, label)))
    }

    fn otp(&self) -> Result<Otp, ImportError> {
        let kind = self.kind.as_deref().unwrap_or("totp");
        let is = |name: &str| kind.eq_ignore_ascii_case(name);
        if !is("totp") && !is("steam") {
            return Err(ImportError::NotDone(NotDone::of(kind)));
        }
        let secret = self.secret.trimmed().ok_or(ImportError::NoSecret)?;
        if is("steam") {
            return Ok(Otp::steam(secret.expose())?);
        }
        let algorithm = match self.algorithm.as_deref() {
            None => Algorithm::default(),
            Some(name) => {
                Algorithm::from_name(name).ok_or_else(|| OtpauthError::Algorithm(short(name)))?
            }
        };
        let digits = number(
            self.digits.as_deref(),
            Otp::DEFAULT_DIGITS,
            OtpError::Digits,
        )?;
        let period = number(
            self.period.as_deref(),
            Otp::DEFAULT_PERIOD,
            OtpError::Period,
        )?;
        Ok(Otp::new(secret.expose(), algorithm, digits, period)?)
    }
}

/// An otpauth or `steam://` URI, or a bare secret; what it does not say of
/// itself is taken from `beside`.
pub fn make_from_text(text: &str, beside: Label) -> Made {
    let text = text.trim();
    if !text.contains("://") {
        let entry = Entry {
            label: beside,
            secret: Secret::from(text),
            ..Entry::default()
        };
        return entry.make();
    }
    match parse_uri(text) {
        Ok(parsed) => {
            let own = Label {
                issuer: parsed.issuer,
                name: parsed.name,
            };
            let label = own.or(&beside);
            (label.clone(), Ok(draft(parsed.otp, label)))
        }
        Err(error) => {
            let own = label_of(text).map(|(issuer, name)| Label { issuer, name });
            (own.unwrap_or_default().or(&beside), Err(error.into()))
        }
    }
}

/// Under the name that its program has for it beside the URI.
pub fn renamed((mut label, result): Made, name: Option<String>) -> Made {
    if let Some(name) = name {
        label.name = name;
    }
    (label.clone(), result.map(|old| draft(old.otp, label)))
}

fn draft(otp: Otp, label: Label) -> Draft {
    let client_code = super::looks_like_client_code(&label.name).then(|| label.name.clone());
    Draft {
        otp,
        issuer: label.issuer,
        name: label.name,
        client_code,
    }
}

fn number<T: std::str::FromStr>(
    text: Option<&str>,
    default: T,
    error: impl FnOnce(String) -> OtpError,
) -> Result<T, OtpError> {
    text.map_or(Ok(default), |text| {
        text.parse().map_err(|_| error(short(text)))
    })
}

/// Enough of a wrong value to recognize it, and not a whole secret by accident.
fn short(value: &str) -> String {
    value.chars().take(8).collect()
}

/// Gathers what comes of entries, one after another.
#[derive(Default)]
pub struct Gathered(Imported);

impl Gathered {
    /// `place` is where it stood: "Entry 3", or nothing where there is but one.
    pub fn add(&mut self, place: &str, (label, result): Made) {
        match result {
            Ok(draft) if self.0.drafts.contains(&draft) => {}
            Ok(draft) => self.0.drafts.push(draft),
            Err(error) => {
                let label = label.shown();
                let comma = if place.is_empty() || label.is_empty() {
                    ""
                } else {
                    ", "
                };
                let entry = format!("{place}{comma}{label}");
                self.0.errors.push(EntryError { entry, error });
            }
        }
    }

    pub fn fail(&mut self, error: impl Into<EntryError>) {
        self.0.errors.push(error.into());
    }

    /// # Errors
    /// [`ImportError::NoCodes`] where nothing at all was gathered.
    pub fn some_of(self, format: Format) -> Result<Imported, ImportError> {
        if self.0.drafts.is_empty() && self.0.errors.is_empty() {
            return Err(ImportError::NoCodes(format));
        }
        Ok(self.0)
    }

    pub fn done(self) -> Imported {
        self.0
    }
}

/// Each of `entries` by itself, named by its number.
///
/// # Errors
/// [`ImportError::TooMany`], before any was read.
pub fn gather<T>(entries: &[T], mut make: impl FnMut(&T) -> Made) -> Result<Gathered, ImportError> {
    if entries.len() > MAX_ENTRIES {
        return Err(ImportError::TooMany(MAX_ENTRIES));
    }
    let mut gathered = Gathered::default();
    for (number, entry) in (1..).zip(entries) {
        gathered.add(&format!("Entry {number}"), make(entry));
    }
    Ok(gathered)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A name that holds a link or a parameter may hold the secret.
    #[test]
    fn labels_are_short_and_hold_no_link() {
        let shown = |issuer: &str, name: &str| {
            let issuer = Some(issuer.to_owned());
            let name = name.to_owned();
            Label { issuer, name }.shown()
        };
        assert_eq!(shown("GitHub", "asha"), "GitHub (asha)");
        assert_eq!(shown("", "asha"), "asha");
        assert_eq!(shown("GitHub", "otpauth://totp/?secret=MFRGGZDF"), "GitHub");
        assert_eq!(shown("a&secret=MFRGGZDF", ""), "");
        assert_eq!(shown("GitHJIMADEUPSECRET", "asha"), "asha");
        assert_eq!(shown("kunjisampleqrnotasecret", ""), "");
        assert_eq!(shown("a\nb", &"x ".repeat(99)).len(), "ab ()".len() + 39);
    }

    #[test]
    fn what_kunji_does_not_do_is_called_by_its_name() {
        for (kind, error) in [
            ("HOTP", NotDone::Hotp),
            ("motp", NotDone::Motp),
            ("yandex", NotDone::Yandex),
            ("battlenet2", NotDone::Other("battlene".into())),
        ] {
            let entry = Entry {
                kind: Some(kind.into()),
                secret: Secret::from("MFRGGZDF"),
                ..Entry::default()
            };
            assert_eq!(entry.make().1, Err(ImportError::NotDone(error)));
        }
    }
}
