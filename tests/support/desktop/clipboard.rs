//! The clipboard as another program sees and fills it.

use std::{path::Path, thread, time::Duration};

use x11rb::{
    connection::Connection as _,
    protocol::{
        Event,
        xproto::{Atom, AtomEnum, ConnectionExt as _},
    },
    rust_connection::RustConnection,
};

use super::{
    Desktop,
    display::atom,
    drag::{URI_LIST, uri_list},
    offer::{Offer, hidden_window},
    wait::{look_for, wait_for},
};

const CLIPBOARD: &str = "CLIPBOARD";
/// How long an owner that is still there takes at the most.
const ONE_ANSWER: Duration = Duration::from_secs(2);
/// More than any text a test copies.
const LONGEST: u32 = 1 << 20;

impl Desktop {
    /// The text in the clipboard, if anybody holds one out.
    pub fn clipboard(&self) -> Option<String> {
        let text = self.clipboard_as("UTF8_STRING")?;
        Some(String::from_utf8(text).expect("UTF8_STRING is UTF-8"))
    }

    /// The text that is merely selected somewhere, if anybody holds one out.
    pub fn primary(&self) -> Option<String> {
        let x = self.display().another_connection();
        let text = ask_for(&x, self.display().screen().root, "PRIMARY", "UTF8_STRING")?;
        Some(String::from_utf8(text).expect("UTF8_STRING is UTF-8"))
    }

    /// The clipboard's contents in one of its formats.
    pub fn clipboard_as(&self, format: &str) -> Option<Vec<u8>> {
        let x = self.display().another_connection();
        ask(&x, self.display().screen().root, format)
    }

    /// The names of the formats in which the clipboard's contents can be had.
    pub fn clipboard_targets(&self) -> Vec<String> {
        let x = self.display().another_connection();
        let atoms = ask(&x, self.display().screen().root, "TARGETS").unwrap_or_default();
        let (atoms, _) = atoms.as_chunks::<4>();
        atoms
            .iter()
            .map(|bytes| name(&x, u32::from_ne_bytes(*bytes)))
            .collect()
    }

    /// Copies text as another program would, which then holds it out until somebody else copies.
    pub fn set_clipboard(&self, text: &str) {
        let text = text.as_bytes();
        let formats = ["UTF8_STRING", "text/plain;charset=utf-8", "STRING", "TEXT"];
        self.offer(&formats.map(|format| (format, text)));
    }

    /// Copies a picture, as a program for screenshots does: a whole PNG.
    pub fn set_clipboard_picture(&self, png: &[u8]) {
        self.offer(&[("image/png", png)]);
    }

    /// Copies files, as a file manager does.
    pub fn set_clipboard_files(&self, paths: &[&Path]) {
        self.offer(&[(URI_LIST, uri_list(paths).as_bytes())]);
    }

    fn offer(&self, contents: &[(&str, &[u8])]) {
        let offer = Offer::new(self.display(), CLIPBOARD, contents);
        // Ends with the display, if no other program copies before.
        thread::spawn(move || {
            while let Ok(event) = offer.x.wait_for_event() {
                match event {
                    Event::SelectionRequest(request) => offer.answer(&request),
                    Event::SelectionClear(_) => break,
                    _ => {}
                }
            }
        });
    }
}

/// Asks the clipboard's owner for one format.
fn ask(x: &RustConnection, root: u32, format: &str) -> Option<Vec<u8>> {
    ask_for(x, root, CLIPBOARD, format)
}

fn ask_for(x: &RustConnection, root: u32, selection: &str, format: &str) -> Option<Vec<u8>> {
    let window = hidden_window(x, root);
    let (clipboard, format, here) = (atom(x, selection), atom(x, format), atom(x, "HERE"));
    // An owner that gives up the clipboard at this very moment answers nobody:
    // then whoever owns it next is asked.
    let answer = wait_for("the clipboard's owner to answer", || {
        x.convert_selection(window, clipboard, format, here, x11rb::CURRENT_TIME)
            .expect("a connection to the display");
        x.flush().expect("a connection to the display");
        look_for(ONE_ANSWER, || {
            match x.poll_for_event().expect("a connection to the display")? {
                Event::SelectionNotify(answer) => Some(answer),
                _ => None,
            }
        })
    });
    if answer.property == x11rb::NONE {
        return None;
    }
    let property = x
        .get_property(true, window, here, AtomEnum::ANY, 0, LONGEST)
        .expect("a connection to the display")
        .reply()
        .expect("the clipboard's contents");
    assert_ne!(
        property.type_,
        atom(x, "INCR"),
        "too much for one piece; no test needs that yet"
    );
    Some(property.value)
}

fn name(x: &RustConnection, atom: Atom) -> String {
    let reply = x
        .get_atom_name(atom)
        .expect("a connection to the display")
        .reply();
    String::from_utf8_lossy(&reply.expect("a name for every atom").name).into_owned()
}
