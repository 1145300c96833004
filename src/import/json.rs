//! JSON as other programs write it: read leniently, entry by entry, and never
//! quoted in an error, for serde's own errors quote what they read.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::entry::{Label, Made};
use super::{Format, ImportError};
use crate::secret::Secret;

/// Texts as they are, numbers and truth values as texts, and nothing for
/// anything else: one odd field must not cost the entry its name.
#[derive(Default, Clone)]
pub struct Text(Secret);

impl Text {
    /// Without the spaces around it; `None` where nothing is left.
    pub fn get(&self) -> Option<&str> {
        Some(self.0.expose().trim()).filter(|text| !text.is_empty())
    }

    pub fn owned(&self) -> Option<String> {
        self.get().map(str::to_owned)
    }

    pub fn secret(&self) -> Secret {
        self.0.clone()
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Text;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_str<E>(self, text: &str) -> Result<Text, E> {
        Ok(Text(Secret::from(text)))
    }

    fn visit_string<E>(self, text: String) -> Result<Text, E> {
        Ok(Text(Secret::new(text)))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Text, E> {
        Ok(Text(Secret::new(value.to_string())))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Text, E> {
        Ok(Text(Secret::new(value.to_string())))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Text, E> {
        Ok(Text(Secret::new(value.to_string())))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Text, E> {
        Ok(Text(Secret::new(value.to_string())))
    }

    fn visit_unit<E>(self) -> Result<Text, E> {
        Ok(Text::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Text, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Text::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Text, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Text::default())
    }
}

/// A part of a backup as a whole.
pub fn parse<'a, T: serde::Deserialize<'a>>(
    json: &'a str,
    format: Format,
) -> Result<T, ImportError> {
    serde_json::from_str(json).map_err(|_| ImportError::Damaged(format))
}

/// The entries of a list, not yet read.
pub fn list(json: &RawValue, format: Format) -> Result<Vec<&RawValue>, ImportError> {
    parse(json.get(), format)
}

/// One entry by itself: what does not fit is that entry's error.
pub fn entry<'a, T: serde::Deserialize<'a>>(
    json: &'a RawValue,
    make: impl FnOnce(&T) -> Made,
) -> Made {
    match serde_json::from_str(json.get()) {
        Ok(entry) => make(&entry),
        Err(_) => (Label::default(), Err(ImportError::Entry)),
    }
}
