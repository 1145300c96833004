//! What the rungs saw, told apart by place in the picture.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

use crate::otp::{OtpauthError, parse_uri};
use crate::secret::Secret;

use super::Code;

/// Four places in pixels: the corners of a code, as the code lies, from its top
/// left on.
pub type Corners = [[f32; 2]; 4];

/// A code that a decoder saw; with its text where it could be read.
pub struct Seen {
    pub corners: Corners,
    pub text: Option<Secret>,
}

impl Seen {
    pub fn new(corners: Corners, text: Option<String>) -> Self {
        Self {
            corners,
            text: text.filter(|text| !text.is_empty()).map(Secret::new),
        }
    }
}

/// A text that was read at a place.
struct Place {
    corners: Corners,
    text: Secret,
    sound: bool,
    /// How many readings gave this text here.
    votes: u32,
}

/// What was seen up to now.
#[derive(Default)]
pub struct Findings {
    places: Vec<Place>,
    unread: Vec<Corners>,
}

impl Findings {
    /// Whether a whole text was among `seen` that was not known before.
    pub fn add(&mut self, seen: Vec<Seen>) -> bool {
        let mut news = false;
        for Seen { corners, text } in seen {
            let Some(text) = text else {
                self.unread.push(corners);
                continue;
            };
            let mut here = self.places.iter_mut();
            if let Some(place) = here.find(|p| p.text == text && overlap(&p.corners, &corners)) {
                place.votes += 1;
                continue;
            }
            let sound = is_sound(text.expose());
            news |= sound;
            self.places.push(Place {
                corners,
                text,
                sound,
                votes: 1,
            });
        }
        news
    }

    /// Whether a text was read that is whole.
    pub fn has_sound(&self) -> bool {
        self.places.iter().any(|place| place.sound)
    }

    /// Whether there may be more than was read: a code was seen elsewhere, or
    /// none of those read is a one-time-password code.
    pub fn may_be_more(&self) -> bool {
        let sound = || self.places.iter().filter(|place| place.sound);
        sound().all(|place| !is_otpauth(place.text.expose()))
            || (self.unread.iter()).any(|seen| sound().all(|p| !overlap(&p.corners, seen)))
    }

    pub fn saw_any(&self) -> bool {
        !self.unread.is_empty() || !self.places.is_empty()
    }

    /// The codes in reading order. At one place a whole text wins; one that is
    /// not is given only where two readings agree and nothing whole was read.
    pub fn into_codes(self) -> Vec<Code> {
        let mut places = self.places;
        places.sort_by_key(|place| (!place.sound, std::cmp::Reverse(place.votes)));
        let mut kept: Vec<Place> = Vec::new();
        for place in places {
            let taken = kept.iter().any(|k| overlap(&k.corners, &place.corners));
            if !taken && (place.sound || place.votes > 1) {
                kept.push(place);
            }
        }
        in_reading_order(&mut kept);
        let code = |Place { text, corners, .. }| Code { text, corners };
        kept.into_iter().map(code).collect()
    }
}

/// Top to bottom, and left to right among those side by side.
fn in_reading_order(places: &mut [Place]) {
    let top = |p: &Place| p.corners.map(|c| c[1]).into_iter().fold(f32::MAX, f32::min);
    let left = |p: &Place| p.corners.map(|c| c[0]).into_iter().fold(f32::MAX, f32::min);
    places.sort_by(|a, b| top(a).total_cmp(&top(b)));
    let mut rest = places;
    while let Some(first) = rest.first() {
        let line = top(first) + side(&first.corners) / 2.0;
        let beside = rest.iter().take_while(|p| top(p) < line).count().max(1);
        let (row, below) = rest.split_at_mut(beside);
        row.sort_by(|a, b| left(a).total_cmp(&left(b)));
        rest = below;
    }
}

/// Whether two codes lie at one place: of about the same size, the middle of
/// the one within the other. A code may lie within a larger one.
fn overlap(a: &Corners, b: &Corners) -> bool {
    let (a_middle, b_middle) = (middle(a), middle(b));
    let apart = (a_middle[0] - b_middle[0]).hypot(a_middle[1] - b_middle[1]);
    let (small, large) = (side(a).min(side(b)), side(a).max(side(b)));
    apart < small / 2.0 && large < small * 1.5
}

fn middle(corners: &Corners) -> [f32; 2] {
    let sum = |axis: fn(&[f32; 2]) -> f32| corners.iter().map(axis).sum::<f32>();
    [sum(|c| c[0]) / 4.0, sum(|c| c[1]) / 4.0]
}

/// Half the sum of both diagonals, as the side of a square.
fn side([a, b, c, d]: &Corners) -> f32 {
    let length = |p: &[f32; 2], q: &[f32; 2]| (p[0] - q[0]).hypot(p[1] - q[1]);
    f32::midpoint(length(a, c), length(b, d)) / std::f32::consts::SQRT_2
}

fn has_scheme(text: &str, scheme: &str) -> bool {
    let start = text.trim_start().get(..scheme.len());
    start.is_some_and(|start| start.eq_ignore_ascii_case(scheme))
}

fn is_otpauth(text: &str) -> bool {
    has_scheme(text, "otpauth://") || has_scheme(text, MIGRATION)
}

const MIGRATION: &str = "otpauth-migration://";

/// Whether a text can be what someone put into a code: an otpauth text must
/// parse whole, and no text has characters that nobody writes.
pub fn is_sound(text: &str) -> bool {
    let odd = |c: char| c == '\u{FFFD}' || (c.is_control() && !matches!(c, '\t' | '\r' | '\n'));
    if text.chars().any(odd) {
        return false;
    }
    if has_scheme(text, MIGRATION) {
        return is_sound_migration(text);
    }
    // A counting code is whole too, though Kunji does not use it.
    !has_scheme(text, "otpauth") || matches!(parse_uri(text), Ok(_) | Err(OtpauthError::Hotp))
}

fn is_sound_migration(text: &str) -> bool {
    let Ok(url) = url::Url::parse(text.trim()) else {
        return false;
    };
    let mut pairs = url.query_pairs();
    let Some((_, data)) = pairs.find(|(name, _)| name == "data") else {
        return false;
    };
    // A plus sign that was not escaped has become a space.
    let data = zeroize::Zeroizing::new(data.replace(' ', "+"));
    let bytes = STANDARD
        .decode(data.as_bytes())
        .or_else(|_| STANDARD_NO_PAD.decode(data.as_bytes()));
    bytes.is_ok_and(|bytes| !zeroize::Zeroizing::new(bytes).is_empty())
}
