//! Files dragged from another program, by version 5 of the XDND protocol.

use std::{fmt::Write as _, os::unix::ffi::OsStrExt as _, path::Path};

use x11rb::{
    connection::Connection as _,
    protocol::{
        Event,
        xproto::{ClientMessageEvent, ConnectionExt as _, EventMask},
    },
    wrapper::ConnectionExt as _,
};

use super::{Desktop, Window, display::atom, offer::Offer, wait::wait_for};

const VERSION: u32 = 5;
pub(super) const URI_LIST: &str = "text/uri-list";

/// Files held over a window, not yet let go.
pub struct Drag {
    offer: Offer,
    target: Window,
}

impl Desktop {
    /// Drops one file onto the middle of a window.
    #[track_caller]
    pub fn drop_file(&self, window: &Window, path: &Path) {
        self.drag_files(window, &[path]).release();
    }

    /// Drops several files together.
    #[track_caller]
    pub fn drop_files(&self, window: &Window, paths: &[&Path]) {
        self.drag_files(window, paths).release();
    }

    /// Drags files over the middle of a window and holds them there.
    #[track_caller]
    pub fn drag_files(&self, window: &Window, paths: &[&Path]) -> Drag {
        let list = uri_list(paths);
        let offer = Offer::new(
            self.display(),
            "XdndSelection",
            &[(URI_LIST, list.as_bytes())],
        );
        let drag = Drag {
            offer,
            target: window.clone(),
        };
        drag.enter();
        drag
    }
}

impl Drag {
    fn enter(&self) {
        let x = &self.offer.x;
        self.send("XdndEnter", [VERSION << 24, atom(x, URI_LIST), 0, 0]);
        let middle =
            |from: i16, extent: u16| (i32::from(from) + i32::from(extent) / 2).cast_unsigned();
        let position = middle(self.target.x, self.target.width) << 16
            | middle(self.target.y, self.target.height);
        let copy = atom(x, "XdndActionCopy");
        self.send("XdndPosition", [0, position, x11rb::CURRENT_TIME, copy]);

        // winit asks for the files while they hover, and drops nothing if it has not got them.
        let status = atom(x, "XdndStatus");
        let (mut accepted, mut asked) = (false, false);
        self.answer_until("the window to accept the files", |event| {
            match event {
                Event::SelectionRequest(_) => asked = true,
                Event::ClientMessage(message) if message.type_ == status => {
                    let [_, flags, ..] = message.data.as_data32();
                    assert!(flags & 1 == 1, "the window refuses the files");
                    accepted = true;
                }
                _ => {}
            }
            accepted && asked
        });
    }

    /// Lets the files go, and waits until the window has taken them.
    #[track_caller]
    pub fn release(self) {
        self.send("XdndDrop", [0, x11rb::CURRENT_TIME, 0, 0]);
        let finished = atom(&self.offer.x, "XdndFinished");
        self.answer_until(
            "the window to take the files",
            |event| matches!(event, Event::ClientMessage(message) if message.type_ == finished),
        );
    }

    /// Moves the files off the window again.
    pub fn leave(self) {
        self.send("XdndLeave", [0; 4]);
        // The message may be lost if the connection is closed before the server has read it.
        self.offer.x.sync().expect("a connection to the display");
    }

    /// Sends a message of the protocol; its first word is always the window it comes from.
    fn send(&self, name: &str, [second, third, fourth, fifth]: [u32; 4]) {
        let x = &self.offer.x;
        let words = [self.offer.window, second, third, fourth, fifth];
        let message = ClientMessageEvent::new(32, self.target.id, atom(x, name), words);
        x.send_event(false, self.target.id, EventMask::NO_EVENT, message)
            .expect("a connection to the display");
        x.flush().expect("a connection to the display");
    }

    /// Serves the files to whoever asks, until an event is the awaited one.
    #[track_caller]
    fn answer_until(&self, what: &str, mut awaited: impl FnMut(&Event) -> bool) {
        wait_for(what, || {
            let event = self
                .offer
                .x
                .poll_for_event()
                .expect("a connection to the display")?;
            if let Event::SelectionRequest(request) = &event {
                self.offer.answer(request);
            }
            awaited(&event).then_some(())
        });
    }
}

/// Files as programs hand them to each other (RFC 2483).
pub(super) fn uri_list(paths: &[&Path]) -> String {
    let lines = paths.iter().map(|path| uri(path));
    // Every line of the list is ended, the last one too.
    lines.map(|line| line + "\r\n").collect()
}

/// A file's address, with every byte that is not plain escaped.
pub(super) fn uri(path: &Path) -> String {
    let mut uri = String::from("file://");
    for &byte in path.as_os_str().as_bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            let _always_ok = write!(uri, "%{byte:02X}");
        }
    }
    uri
}
