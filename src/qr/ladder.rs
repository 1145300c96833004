//! The ladder: rung after rung, until what is in the picture was read.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use rxing::common::BitMatrix;

use super::better::{self, Made};
use super::bits::Bits;
use super::cutout::{self, Cutout};
use super::deadline::Deadline;
use super::merge::{Findings, Seen};
use super::picture::Picture;
use super::rungs::{Better, CHEAP, Decoder, RUNGS, Rung, Threshold};
use super::second::Finders;
use super::{Code, QrError, first, second};

/// The narrowest picture that can hold a code, of a pixel a module.
const NARROWEST: usize = 21;
/// Of the finder patterns that one rung leaves, so many are cut out.
const CUT_OUTS: usize = 12;

/// What the ladder found, and how.
pub struct Found {
    /// In reading order; not empty.
    pub codes: Vec<Code>,
    /// The last rung that read something new.
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
    let mut climb = Climb::new(picture, deadline)?;
    let climbed = climb.climb();
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

struct Climb<'a> {
    picture: &'a Picture,
    deadline: &'a Deadline,
    plain: Rc<Made>,
    /// What the rung before used: the next often wants the same.
    made: (Better, Option<Rc<Made>>),
    bits: Option<(Better, Threshold, Rc<Bits>)>,
    findings: Findings,
    /// Finder patterns that the second decoder could not make a code of, in
    /// pixels of the picture.
    unread: Vec<Finders>,
    rung: &'static str,
    panics: u32,
}

impl<'a> Climb<'a> {
    fn new(picture: &'a Picture, deadline: &'a Deadline) -> Result<Self, QrError> {
        let plain = Rc::new(better::plain(picture, deadline)?);
        Ok(Self {
            picture,
            deadline,
            made: (Better::Plain, Some(Rc::clone(&plain))),
            plain,
            bits: None,
            findings: Findings::default(),
            unread: Vec::new(),
            rung: "",
            panics: 0,
        })
    }

    fn climb(&mut self) -> Result<(), QrError> {
        for (i, rung) in RUNGS.iter().enumerate() {
            self.deadline.check()?;
            self.step(rung)?;
            // The second decoder always has a look too: it costs a tenth of the
            // first, and a second code is not lost.
            let enough = i >= 1 && !self.findings.may_be_more() || i + 1 >= CHEAP;
            if enough && self.findings.has_sound() {
                return Ok(());
            }
        }
        self.cut_out()
    }

    fn step(&mut self, rung: &Rung) -> Result<(), QrError> {
        let Some(made) = self.make(rung.better)? else {
            return Ok(());
        };
        if made.grey.width.min(made.grey.height) < NARROWEST {
            return Ok(());
        }
        let seen = match (rung.threshold, rung.decoder) {
            (Threshold::Blocks, _) => {
                self.second(second::by_blocks(&made.grey).as_ref(), made.scale)
            }
            (_, Decoder::Second) => {
                let bits = self.bits(rung, &made);
                self.second(second::matrix(&bits).as_ref(), made.scale)
            }
            (_, Decoder::First) => {
                let bits = self.bits(rung, &made);
                self.guarded(|| first::read(&bits)).unwrap_or_default()
            }
        };
        self.found(rung.name, seen, |place| place.map(|v| v * made.scale));
        Ok(())
    }

    fn make(&mut self, better: Better) -> Result<Option<Rc<Made>>, QrError> {
        if better == Better::Plain {
            return Ok(Some(Rc::clone(&self.plain)));
        }
        if better != self.made.0 {
            let made = better::make(better, &self.plain, self.picture, self.deadline)?;
            self.made = (better, made.map(Rc::new));
        }
        Ok(self.made.1.clone())
    }

    fn bits(&mut self, rung: &Rung, made: &Made) -> Rc<Bits> {
        if let Some((better, threshold, bits)) = &self.bits
            && (*better, *threshold) == (rung.better, rung.threshold)
        {
            return Rc::clone(bits);
        }
        let bits = Rc::new(Bits::new(&made.grey, rung.threshold));
        self.bits = Some((rung.better, rung.threshold, Rc::clone(&bits)));
        bits
    }

    /// The second decoder on `matrix`, of which a pixel is `scale` of the
    /// picture's.
    fn second(&mut self, matrix: Option<&BitMatrix>, scale: f32) -> Vec<Seen> {
        let deadline = self.deadline;
        let read = self.guarded(|| matrix.map(|m| second::read(m, deadline)));
        let (seen, unread) = read.flatten().unwrap_or_default();
        let unread = unread.into_iter().take(CUT_OUTS);
        (self.unread).extend(unread.map(|finders| finders.times(scale)));
        seen
    }

    /// The last rung: each place where finder patterns were seen by itself.
    fn cut_out(&mut self) -> Result<(), QrError> {
        let places = cutout::apart(std::mem::take(&mut self.unread));
        let plain = Rc::clone(&self.plain);
        for pixels_a_module in cutout::SIZES {
            for finders in &places {
                self.deadline.check()?;
                let finders = finders.times(1.0 / plain.scale);
                let Some(cut) = Cutout::new(&plain.grey, &finders, pixels_a_module) else {
                    continue;
                };
                for threshold in cutout::THRESHOLDS {
                    let matrix = match threshold {
                        Threshold::Blocks => second::by_blocks(&cut.grey),
                        other => second::matrix(&Bits::new(&cut.grey, other)),
                    };
                    let deadline = self.deadline;
                    let read = self.guarded(|| matrix.as_ref().map(|m| second::read(m, deadline)));
                    let (seen, _) = read.flatten().unwrap_or_default();
                    let place = |p| cut.place(p).map(|v| v * plain.scale);
                    self.found("cut-out", seen, place);
                }
            }
            if self.findings.has_sound() {
                return Ok(());
            }
        }
        Ok(())
    }

    fn found(
        &mut self,
        rung: &'static str,
        mut seen: Vec<Seen>,
        place: impl Fn([f32; 2]) -> [f32; 2],
    ) {
        for seen in &mut seen {
            seen.corners = seen.corners.map(&place);
        }
        if self.findings.add(seen) {
            self.rung = rung;
        }
    }

    /// Decoders are other people's code: rqrr has panicked on slanted and
    /// damaged pictures. What it was at is lost, and the search goes on.
    fn guarded<T>(&mut self, job: impl FnOnce() -> T) -> Option<T> {
        let done = catch_unwind(AssertUnwindSafe(job)).ok();
        self.panics += u32::from(done.is_none());
        done
    }
}
