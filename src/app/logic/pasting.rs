//! Ctrl+V, whatever lies on the clipboard.
//!
//! The windowing library tells of a text or a picture as the key goes down. Of
//! files it tells nothing at all, but that the key came up again.

use std::time::{Duration, Instant};

use egui::{Event, Key};

use crate::secret::Secret;

/// Many let go of Ctrl a moment before V.
const JUST_NOW: Duration = Duration::from_millis(600);

/// What came of Ctrl+V.
#[derive(Debug, PartialEq, Eq)]
pub enum Pasted {
    Text(Secret),
    /// To be looked for on the clipboard.
    Other,
}

/// How far the keys are.
#[derive(Default)]
pub struct PasteKeys {
    command: bool,
    let_go_at: Option<Instant>,
    /// V went down as a letter, or pasted something: its end is no second paste.
    told: bool,
}

impl PasteKeys {
    /// What an event pastes. Wants to see all events, in their order.
    pub fn take(&mut self, event: &Event) -> Option<Pasted> {
        match event {
            Event::Paste(text) => {
                self.told = true;
                Some(Pasted::Text(Secret::from(text.as_str())))
            }
            Event::PasteImage(_) => {
                self.told = true;
                Some(Pasted::Other)
            }
            Event::ModifiersChanged(modifiers) => {
                match (self.command, modifiers.command) {
                    (false, true) => self.told = false,
                    (true, false) => self.let_go_at = Some(Instant::now()),
                    _ => {}
                }
                self.command = modifiers.command;
                None
            }
            Event::Key {
                key: Key::V,
                pressed: true,
                modifiers,
                ..
            } => {
                self.told = !modifiers.command;
                None
            }
            Event::Key {
                key: Key::V,
                pressed: false,
                modifiers,
                ..
            } => {
                let told = std::mem::take(&mut self.told);
                let let_go_at = self.let_go_at.take();
                let just_now = let_go_at.is_some_and(|at| at.elapsed() < JUST_NOW);
                (!told && (modifiers.command || just_now)).then_some(Pasted::Other)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use egui::Modifiers;

    use super::*;

    fn v(pressed: bool, modifiers: Modifiers) -> Event {
        Event::Key {
            key: Key::V,
            physical_key: None,
            pressed,
            repeat: false,
            modifiers,
        }
    }

    /// What a row of events pastes.
    fn pasted(events: &[Event]) -> Vec<Pasted> {
        let mut keys = PasteKeys::default();
        let taken = events.iter().filter_map(|event| keys.take(event));
        taken.collect()
    }

    const CTRL: Modifiers = Modifiers::COMMAND;
    const NONE: Modifiers = Modifiers::NONE;

    /// Files give the key's end alone, whichever of the two keys ends first.
    #[test]
    fn files_are_told_of_by_the_keys_end() {
        let down = Event::ModifiersChanged(CTRL);
        let up = Event::ModifiersChanged(NONE);
        let v_first = [down.clone(), v(false, CTRL), up.clone()];
        assert_eq!(pasted(&v_first), [Pasted::Other]);
        let ctrl_first = [down, up, v(false, NONE)];
        assert_eq!(pasted(&ctrl_first), [Pasted::Other]);
    }

    /// A text is pasted once, however soon the next paste comes; and a letter is
    /// no paste, also right after another shortcut.
    #[test]
    fn each_paste_is_one() {
        let text = || Event::Paste("MFRGGZDF".to_owned());
        let of_text = || Pasted::Text(Secret::from("MFRGGZDF"));
        let down = Event::ModifiersChanged(CTRL);
        let up = Event::ModifiersChanged(NONE);
        let twice = [
            down.clone(),
            text(),
            v(false, CTRL),
            text(),
            v(false, CTRL),
            // And files, with Ctrl held all along.
            v(false, CTRL),
        ];
        assert_eq!(pasted(&twice), [of_text(), of_text(), Pasted::Other]);
        let letter = [down, up, v(true, NONE), v(false, NONE)];
        assert_eq!(pasted(&letter), []);
    }
}
