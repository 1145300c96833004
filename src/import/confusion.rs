//! A token number typed off paper: letters that are often mistaken.
//!
//! Base32 was made without 0, 1 and 8 because they look like O, I, L and B;
//! so where one of them stands, it was surely one of those letters.

use super::read_token_number;
use crate::secret::Secret;

/// More ways than this to read a text are no help to anybody.
const MAX_CORRECTIONS: usize = 8;

/// What the person may have meant. To be offered, never applied unasked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// As it was typed, but for the changes.
    pub text: Secret,
    pub changes: Vec<Change>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// Counted from 1, spaces and dashes included, as in
    /// [`Base32Error::Letter`](crate::otp::Base32Error::Letter).
    pub position: usize,
    pub from: char,
    pub to: char,
}

/// The corrections that make a secret of `text`, the likeliest first; none
/// where it is one already, or where other faults are in it.
///
/// Where a sign may be either of two letters, each reading is offered; of more
/// than three such signs, only the readings that take them all alike.
#[must_use]
pub fn confusions(text: &str) -> Vec<Correction> {
    let meant: Vec<(usize, char, &[char])> = text
        .chars()
        .enumerate()
        .filter_map(|(index, c)| Some((index + 1, c, letters_like(c)?)))
        .collect();
    if meant.is_empty() {
        return Vec::new();
    }
    let unsure = meant
        .iter()
        .filter(|(_, _, letters)| letters.len() > 1)
        .count();
    let each = 1_usize << unsure.min(3) <= MAX_CORRECTIONS && unsure <= 3;
    let readings = if each { 1 << unsure } else { 2 };
    (0..readings)
        .filter_map(|reading| correct(text, &meant, reading, each))
        .collect()
}

/// What a sign that base32 has not was taken for.
const fn letters_like(c: char) -> Option<&'static [char]> {
    match c {
        '0' => Some(&['O']),
        '1' | '|' | '!' => Some(&['I', 'L']),
        '8' => Some(&['B']),
        _ => None,
    }
}

/// `reading` has a bit for each unsure sign, or one for them all.
fn correct(
    text: &str,
    meant: &[(usize, char, &[char])],
    reading: usize,
    each: bool,
) -> Option<Correction> {
    let mut bits = reading;
    let mut changes = Vec::with_capacity(meant.len());
    for &(position, from, letters) in meant {
        let to = match letters {
            [first, second] => {
                let to = if bits & 1 == 0 { first } else { second };
                if each {
                    bits >>= 1;
                }
                *to
            }
            [only] => *only,
            _ => return None,
        };
        changes.push(Change { position, from, to });
    }
    let mut corrected = Secret::default();
    // One allocation: growing would leave copies behind that nobody wipes.
    corrected.expose_mut().reserve_exact(text.len());
    let mut next = changes.iter().peekable();
    for (index, c) in text.chars().enumerate() {
        let change = next.next_if(|change| change.position == index + 1);
        corrected
            .expose_mut()
            .push(change.map_or(c, |change| change.to));
    }
    read_token_number(corrected.expose()).ok()?;
    Some(Correction {
        text: corrected,
        changes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(typed: &str) -> Vec<String> {
        let corrections = confusions(typed).into_iter();
        corrections.map(|c| c.text.expose().to_owned()).collect()
    }

    #[test]
    fn zero_and_eight_have_one_reading() {
        assert_eq!(texts("KUNJ 0SAM 8LEQ"), ["KUNJ OSAM BLEQ"]);
        let [correction] = confusions("a0-b8cdef").try_into().unwrap();
        let change = |position, from, to| Change { position, from, to };
        assert_eq!(
            correction.changes,
            [change(2, '0', 'O'), change(5, '8', 'B')]
        );
    }

    #[test]
    fn one_is_i_or_l() {
        assert_eq!(texts("KUNJ1SAM"), ["KUNJISAM", "KUNJLSAM"]);
        assert_eq!(texts("1UNJ1SAM").len(), 4);
        assert_eq!(texts("1111AAAA"), ["IIIIAAAA", "LLLLAAAA"]);
        assert_eq!(texts("KUNJ111M").len(), 8);
    }

    /// Nothing is proposed for what is right, or wrong in other ways too.
    #[test]
    fn nothing_is_offered_where_it_would_not_help() {
        for typed in [
            "",
            "KUNJISAM",
            "KUNJ0SA9",
            "KUNJ0SA",
            "Dear 8, I am 100 %",
            "💥0",
        ] {
            assert!(confusions(typed).is_empty(), "{typed}");
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        let shown = format!("{:?}", confusions("KUNJ0SAMPLEQRNOT"));
        assert!(!shown.contains("KUNJ") && shown.contains("'0'"));
    }
}
