//! Real key events: XTEST, so that the program cannot tell them from a person's.

use std::{cell::RefCell, collections::HashMap};

use x11rb::{
    connection::Connection as _,
    protocol::{
        xproto::{self, ConnectionExt as _, Keycode, Keysym},
        xtest::ConnectionExt as _,
    },
};

use super::{Desktop, Display};

const SHIFT: Keysym = 0xffe1;
const MODIFIERS: [(&str, Keysym); 4] = [
    ("shift", SHIFT),
    ("ctrl", 0xffe3),
    ("alt", 0xffe9),
    ("super", 0xffeb),
];

const NAMED: [(&str, Keysym); 17] = [
    ("backspace", 0xff08),
    ("tab", 0xff09),
    ("enter", 0xff0d),
    ("escape", 0xff1b),
    ("home", 0xff50),
    ("left", 0xff51),
    ("up", 0xff52),
    ("right", 0xff53),
    ("down", 0xff54),
    ("pageup", 0xff55),
    ("pagedown", 0xff56),
    ("end", 0xff57),
    ("insert", 0xff63),
    ("menu", 0xff67),
    ("delete", 0xffff),
    ("space", 0x20),
    ("plus", 0x2b),
];
const F1: Keysym = 0xffbe;

impl Desktop {
    /// Presses and releases a chord such as `ctrl+n`, `shift+tab`, `enter` or `f5`
    /// in the window that has the keyboard.
    pub fn key(&self, chord: &str) {
        let (modifiers, key) = parse(chord);
        self.display().press(&modifiers, key);
    }

    /// The same by a hand that lets go of the modifiers first.
    pub fn hasty_key(&self, chord: &str) {
        let (modifiers, key) = parse(chord);
        self.display().press_hastily(&modifiers, key);
    }

    /// Types text, letter by letter, into the window that has the keyboard.
    pub fn type_text(&self, text: &str) {
        for character in text.chars() {
            let keysym = if character == '\n' {
                named_key("enter")
            } else {
                keysym(character)
            };
            self.display().press(&[], keysym);
        }
    }
}

/// A chord's modifiers and its key.
fn parse(chord: &str) -> (Vec<Keysym>, Keysym) {
    let mut parts: Vec<_> = chord.split('+').collect();
    let key = parts.pop().expect("split always yields a part");
    let modifiers = parts
        .into_iter()
        .map(|name| look_up(&MODIFIERS, name).unwrap_or_else(|| panic!("no modifier {name}")));
    (modifiers.collect(), named_key(key))
}

/// Which key, and whether with Shift, makes a character; learned from the server when first needed.
#[derive(Default)]
pub struct Layout {
    keys: RefCell<HashMap<Keysym, (Keycode, bool)>>,
    /// Keys that make nothing, for characters that no key makes.
    spare: RefCell<Vec<Keycode>>,
}

impl Display {
    fn press(&self, modifiers: &[Keysym], key: Keysym) {
        let (key, shifted) = self.key_for(key);
        let shift = (shifted && !modifiers.contains(&SHIFT)).then_some(SHIFT);
        let held: Vec<Keycode> = modifiers
            .iter()
            .copied()
            .chain(shift)
            .map(|name| self.key_for(name).0)
            .collect();
        for &code in &held {
            self.fake(xproto::KEY_PRESS_EVENT, code);
        }
        self.fake(xproto::KEY_PRESS_EVENT, key);
        self.fake(xproto::KEY_RELEASE_EVENT, key);
        for &code in held.iter().rev() {
            self.fake(xproto::KEY_RELEASE_EVENT, code);
        }
        self.sync();
    }

    fn press_hastily(&self, modifiers: &[Keysym], key: Keysym) {
        let keys = modifiers.iter().chain([&key]);
        let keys: Vec<Keycode> = keys.map(|&name| self.key_for(name).0).collect();
        for event in [xproto::KEY_PRESS_EVENT, xproto::KEY_RELEASE_EVENT] {
            for &code in &keys {
                self.fake(event, code);
            }
        }
        self.sync();
    }

    fn key_for(&self, keysym: Keysym) -> (Keycode, bool) {
        let mut keys = self.layout.keys.borrow_mut();
        if keys.is_empty() {
            (*keys, *self.layout.spare.borrow_mut()) = self.read_layout();
        }
        *keys
            .entry(keysym)
            .or_insert_with(|| (self.make_key(keysym), false))
    }

    /// Has a key that makes nothing make this character. It keeps it, so that a program
    /// that is slow to learn of a changed layout never reads an older one's letter.
    fn make_key(&self, keysym: Keysym) -> Keycode {
        let code = self
            .layout
            .spare
            .borrow_mut()
            .pop()
            .expect("a key that makes nothing");
        self.x
            .change_keyboard_mapping(1, code, 2, &[keysym, keysym])
            .expect("a connection to the display")
            .check()
            .expect("the layout can be changed");
        code
    }

    fn read_layout(&self) -> (HashMap<Keysym, (Keycode, bool)>, Vec<Keycode>) {
        let (first, last) = (self.x.setup().min_keycode, self.x.setup().max_keycode);
        let mapping = self
            .x
            .get_keyboard_mapping(first, last - first + 1)
            .expect("a connection to the display")
            .reply()
            .expect("the keyboard's layout");
        let mut keys = HashMap::new();
        let mut spare = Vec::new();
        let rows = mapping
            .keysyms
            .chunks(usize::from(mapping.keysyms_per_keycode));
        for (code, row) in (first..=last).zip(rows) {
            if row.iter().all(|&keysym| keysym == 0) {
                spare.push(code);
            }
            for (&keysym, shifted) in row.iter().zip([false, true]) {
                if keysym != 0 {
                    keys.entry(keysym).or_insert((code, shifted));
                }
            }
        }
        (keys, spare)
    }

    pub(super) fn fake(&self, event: u8, detail: u8) {
        self.x
            .xtest_fake_input(event, detail, x11rb::CURRENT_TIME, x11rb::NONE, 0, 0, 0)
            .expect("a connection to the display");
    }
}

fn named_key(name: &str) -> Keysym {
    let mut characters = name.chars();
    if let (Some(character), None) = (characters.next(), characters.next()) {
        return keysym(character);
    }
    let function = name
        .strip_prefix('f')
        .and_then(|number| number.parse::<Keysym>().ok());
    look_up(&NAMED, name)
        .or(function.map(|number| F1 + number - 1))
        .unwrap_or_else(|| panic!("no key is called {name}"))
}

fn look_up(table: &[(&str, Keysym)], name: &str) -> Option<Keysym> {
    table
        .iter()
        .find(|(known, _)| *known == name)
        .map(|&(_, keysym)| keysym)
}

/// Latin-1 characters are their own keysyms; the others are marked as Unicode.
fn keysym(character: char) -> Keysym {
    match u32::from(character) {
        latin @ (0x20..=0x7e | 0xa0..=0xff) => latin,
        unicode => 0x0100_0000 + unicode,
    }
}
