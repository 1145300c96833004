//! The ladder: the first decoder, then better pictures, then the second decoder,
//! until what is in the picture was read.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rxing::common::BitMatrix;

use super::bits::Bits;
use super::cutout::Cutout;
use super::deadline::Deadline;
use super::grey::Grey;
use super::merge::{Findings, Seen};
use super::picture::{Picture, Shades};
use super::second::Finders;
use super::{Code, QrError, first, second};

/// Pictures are halved down to this many pixels before anything is looked for.
const MOST_PIXELS: usize = 16_000_000;

/// What the ladder found, and how.
pub struct Found {
    /// In reading order; not empty.
    pub codes: Vec<Code>,
    /// The rung that ended the search.
    pub rung: &'static str,
    /// How often a decoder panicked on the way.
    pub panics: u32,
}

/// Every QR code in `picture`.
///
/// # Errors
/// [`QrError::NoCode`], [`QrError::Unreadable`] where one was seen but not read,
/// [`QrError::TooLong`].
pub fn decode(picture: &Picture, deadline: &Deadline) -> Result<Found, QrError> {
    let mut climb = Climb {
        deadline,
        findings: Findings::default(),
        unread: Vec::new(),
        rung: "",
        panics: 0,
    };
    let climbed = climb.all(picture);
    // What was read before time ran out is read.
    if !climb.findings.has_sound() {
        climbed?;
    }
    let saw_any = climb.findings.saw_any();
    let codes = climb.findings.into_codes();
    match (codes.is_empty(), saw_any) {
        (false, _) => Ok(Found {
            codes,
            rung: climb.rung,
            panics: climb.panics,
        }),
        (true, true) => Err(QrError::Unreadable),
        (true, false) => Err(QrError::NoCode),
    }
}

/// Finder patterns that the second decoder could not make a code of.
struct Unread {
    finders: Finders,
    scale: f32,
}

struct Climb<'a> {
    deadline: &'a Deadline,
    findings: Findings,
    unread: Vec<Unread>,
    rung: &'static str,
    panics: u32,
}

/// `true`: enough was read.
type Enough = Result<bool, QrError>;

impl Climb<'_> {
    fn all(&mut self, picture: &Picture) -> Result<(), QrError> {
        let mut grey = picture.grey(Shades::OnWhite);
        let mut scale = 1.0;
        while grey.width * grey.height > MOST_PIXELS {
            self.deadline.check()?;
            grey = grey.halved();
            scale *= 2.0;
        }
        let done = self.plain(&grey, scale)?
            || self.inverted(&grey, scale)?
            || self.better(&grey, scale)?
            || self.colours(picture, scale)?
            || self.cut_out(&grey, scale)?;
        let _ = done;
        Ok(())
    }

    /// The picture as it is.
    fn plain(&mut self, grey: &Grey, scale: f32) -> Enough {
        self.start("first decoder")?;
        let bits = Bits::local_mean(grey, 30, 3, false);
        self.first(&bits, scale);
        self.start_unless_done("second decoder")?;
        self.second(second::matrix(&bits), scale);
        if self.findings.has_sound() && !self.findings.may_be_more() {
            return Ok(true);
        }
        self.start_unless_done("blocks")?;
        self.second(second::by_blocks(grey), scale);
        Ok(self.findings.has_sound())
    }

    fn inverted(&mut self, grey: &Grey, scale: f32) -> Enough {
        self.start("inverted")?;
        self.second(second::matrix(&Bits::local_mean(grey, 15, 3, true)), scale);
        Ok(self.findings.has_sound())
    }

    fn better(&mut self, grey: &Grey, scale: f32) -> Enough {
        self.start("half")?;
        let half = grey.halved();
        self.both(&half, scale * 2.0, 15, 3);
        if self.findings.has_sound() {
            return Ok(true);
        }
        self.start("quarter")?;
        self.both(&half.halved(), scale * 4.0, 15, 3);
        if self.findings.has_sound() {
            return Ok(true);
        }
        self.start("margin")?;
        self.second(second::matrix(&Bits::local_mean(grey, 15, 8, false)), scale);
        if self.findings.has_sound() {
            return Ok(true);
        }
        self.start("dark end")?;
        let lifted = lifted(grey);
        self.second(
            second::matrix(&Bits::local_mean(&lifted, 30, 3, false)),
            scale,
        );
        if self.findings.has_sound() {
            return Ok(true);
        }
        if grey.width * grey.height < 1_500_000 {
            self.start("double")?;
            self.both(&grey.scaled(2.0), scale / 2.0, 30, 3);
        }
        Ok(self.findings.has_sound())
    }

    fn colours(&mut self, picture: &Picture, scale: f32) -> Enough {
        let _ = (picture, scale);
        Ok(false)
    }

    fn cut_out(&mut self, grey: &Grey, scale: f32) -> Enough {
        self.start("cut out")?;
        let unread = std::mem::take(&mut self.unread);
        for pixels_a_module in [4.0, 7.0] {
            for Unread { finders, scale: at } in &unread {
                self.deadline.check()?;
                let finders = finders.times(at / scale);
                let Some(cut) = Cutout::new(grey, &finders, pixels_a_module) else {
                    continue;
                };
                for matrix in [
                    second::by_blocks(&cut.grey),
                    second::matrix(&Bits::local_mean(
                        &cut.grey,
                        (pixels_a_module * 4.0) as usize,
                        3,
                        false,
                    )),
                ] {
                    let seen = self.guarded(|| matrix.as_ref().map(second::read));
                    let (seen, _) = seen.flatten().unwrap_or_default();
                    self.findings
                        .add(
                            seen.into_iter()
                                .filter(|s| s.text.is_some())
                                .map(|seen| Seen {
                                    corners: seen.corners.map(|c| cut.place(c).map(|v| v * scale)),
                                    ..seen
                                }),
                        );
                    if self.findings.has_sound() {
                        return Ok(true);
                    }
                }
            }
        }
        Ok(false)
    }

    fn both(&mut self, grey: &Grey, scale: f32, radius: usize, margin: u8) {
        if grey.width < 21 || grey.height < 21 {
            return;
        }
        self.second(second::by_blocks(grey), scale);
        if !self.findings.has_sound() {
            let bits = Bits::local_mean(grey, radius, margin, false);
            self.second(second::matrix(&bits), scale);
        }
    }

    fn start(&mut self, rung: &'static str) -> Result<(), QrError> {
        self.deadline.check()?;
        self.rung = rung;
        Ok(())
    }

    fn start_unless_done(&mut self, rung: &'static str) -> Result<(), QrError> {
        if self.findings.has_sound() {
            return Ok(());
        }
        self.start(rung)
    }

    fn first(&mut self, bits: &Bits, scale: f32) {
        let seen = self.guarded(|| first::read(bits)).unwrap_or_default();
        self.findings.add(scaled(seen, scale));
    }

    fn second(&mut self, matrix: Option<BitMatrix>, scale: f32) {
        let Some(matrix) = matrix else { return };
        let read = self.guarded(|| second::read(&matrix));
        let (seen, unread) = read.unwrap_or_default();
        self.findings.add(scaled(seen, scale));
        let unread = unread.into_iter().take(12);
        self.unread
            .extend(unread.map(|finders| Unread { finders, scale }));
    }

    /// Decoders are other people's code: rqrr has panicked on slanted and
    /// damaged pictures. What it was at is lost, and the search goes on.
    fn guarded<T>(&mut self, job: impl FnOnce() -> T) -> Option<T> {
        let done = catch_unwind(AssertUnwindSafe(job)).ok();
        self.panics += u32::from(done.is_none());
        done
    }
}

fn scaled(seen: Vec<Seen>, scale: f32) -> impl Iterator<Item = Seen> {
    seen.into_iter().map(move |seen| Seen {
        corners: seen.corners.map(|corner| corner.map(|v| v * scale)),
        ..seen
    })
}

/// The dark end drawn apart: black modules on a page that is nearly black.
fn lifted(grey: &Grey) -> Grey {
    let mut table = [0_u8; 256];
    for (v, slot) in table.iter_mut().enumerate() {
        *slot = ((v as f32).ln_1p() / 256_f32.ln() * 255.0).round() as u8;
    }
    let mut lifted = grey.clone();
    for v in lifted.pixels.iter_mut() {
        *v = table.get(usize::from(*v)).copied().unwrap_or_default();
    }
    lifted
}
