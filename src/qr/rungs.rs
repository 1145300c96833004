//! The rungs of the ladder, in order: which picture, which threshold, which
//! decoder.

/// How the picture is made better before its threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Better {
    /// As it is, on white.
    Plain,
    /// At a half, a quarter, twice its size.
    Half,
    Quarter,
    Double,
    /// The dark end drawn apart: black modules on a page that is nearly black.
    DarkEnd,
    /// Transparency on black.
    OnBlack,
    /// The lightest of a pixel's three colours, smoothed: a photo of a screen,
    /// where each colour has a pattern of its own.
    LightestColour,
}

/// What counts as dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Threshold {
    /// Darker than its surroundings (radius in pixels, margin in shades).
    Darker { radius: usize, margin: u8 },
    /// Lighter: codes drawn light on dark.
    Lighter { radius: usize, margin: u8 },
    /// The second decoder's own, by blocks.
    Blocks,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decoder {
    First,
    Second,
}

#[derive(Debug, Clone, Copy)]
pub struct Rung {
    pub name: &'static str,
    pub better: Better,
    pub threshold: Threshold,
    pub decoder: Decoder,
}

const fn rung(name: &'static str, better: Better, threshold: Threshold) -> Rung {
    Rung {
        name,
        better,
        threshold,
        decoder: Decoder::Second,
    }
}

const AROUND: Threshold = darker(30, 3);
const CLOSE: Threshold = darker(15, 3);

const fn darker(radius: usize, margin: u8) -> Threshold {
    Threshold::Darker { radius, margin }
}

const fn lighter(radius: usize, margin: u8) -> Threshold {
    Threshold::Lighter { radius, margin }
}

/// Each is here because it read pictures that those before it did not. After
/// the last comes the cut-out.
pub const RUNGS: [Rung; 17] = [
    Rung {
        name: "first decoder",
        better: Better::Plain,
        threshold: AROUND,
        decoder: Decoder::First,
    },
    rung("second decoder", Better::Plain, AROUND),
    rung("by blocks", Better::Plain, Threshold::Blocks),
    rung("inverted", Better::Plain, lighter(15, 3)),
    rung("half, by blocks", Better::Half, Threshold::Blocks),
    rung("half", Better::Half, CLOSE),
    rung("on black", Better::OnBlack, AROUND),
    rung("on black, inverted", Better::OnBlack, lighter(15, 3)),
    rung("wide margin", Better::Plain, darker(15, 8)),
    rung("quarter", Better::Quarter, CLOSE),
    rung("dark end", Better::DarkEnd, AROUND),
    rung("dark end, by blocks", Better::DarkEnd, Threshold::Blocks),
    rung("lightest colour", Better::LightestColour, AROUND),
    rung(
        "lightest colour, by blocks",
        Better::LightestColour,
        Threshold::Blocks,
    ),
    rung("inverted, wide margin", Better::Plain, lighter(30, 6)),
    rung("double", Better::Double, AROUND),
    rung("double, by blocks", Better::Double, Threshold::Blocks),
];

/// How many of the first rungs are climbed where something was read and there
/// may be more.
pub const CHEAP: usize = 3;
