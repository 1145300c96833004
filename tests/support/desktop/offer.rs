//! Data that one program holds out to others: an X selection, as the clipboard and a drag both are.

use x11rb::{
    connection::Connection as _,
    protocol::xproto::{
        Atom, AtomEnum, ConnectionExt as _, CreateWindowAux, EventMask, PropMode,
        SELECTION_NOTIFY_EVENT, SelectionNotifyEvent, SelectionRequestEvent, Window as WindowId,
        WindowClass,
    },
    rust_connection::RustConnection,
    wrapper::ConnectionExt as _,
};

use super::{Display, display::atom};

/// The owner of a selection. It has a connection of its own, since another program asks it
/// while the test goes on.
pub struct Offer {
    pub x: RustConnection,
    pub window: WindowId,
    pub selection: Atom,
    targets: Atom,
    contents: Vec<(Atom, Vec<u8>)>,
}

impl Offer {
    /// Takes the selection over, with its contents in every format given.
    pub fn new(display: &Display, selection: &str, contents: &[(&str, &[u8])]) -> Self {
        let x = display.another_connection();
        let window = hidden_window(&x, display.screen().root);
        let selection = atom(&x, selection);
        x.set_selection_owner(window, selection, x11rb::CURRENT_TIME)
            .expect("a connection to the display");
        let owner = x
            .get_selection_owner(selection)
            .expect("a connection to the display");
        assert_eq!(
            owner.reply().expect("an owner").owner,
            window,
            "the selection is not ours"
        );
        let contents = contents
            .iter()
            .map(|(format, data)| (atom(&x, format), data.to_vec()))
            .collect();
        let targets = atom(&x, "TARGETS");
        Self {
            x,
            window,
            selection,
            targets,
            contents,
        }
    }

    /// Gives a program what it asked for, or tells it that there is no such format.
    pub fn answer(&self, request: &SelectionRequestEvent) {
        let property = self.write(request).unwrap_or(x11rb::NONE);
        let notification = SelectionNotifyEvent {
            response_type: SELECTION_NOTIFY_EVENT,
            sequence: 0,
            time: request.time,
            requestor: request.requestor,
            selection: request.selection,
            target: request.target,
            property,
        };
        // Whoever asked may have ended since; that is not the offer's concern.
        let _sent = self
            .x
            .send_event(false, request.requestor, EventMask::NO_EVENT, notification);
        let _sent = self.x.flush();
    }

    /// Writes the contents where the program wants them, and returns where.
    fn write(&self, request: &SelectionRequestEvent) -> Option<Atom> {
        let SelectionRequestEvent {
            requestor,
            property,
            target,
            ..
        } = *request;
        if target == self.targets {
            let formats = self.contents.iter().map(|(format, _)| *format);
            let formats: Vec<Atom> = formats.chain([self.targets]).collect();
            let kind = AtomEnum::ATOM;
            self.x
                .change_property32(PropMode::REPLACE, requestor, property, kind, &formats)
                .ok()?;
        } else {
            let (_, data) = self.contents.iter().find(|(format, _)| *format == target)?;
            self.x
                .change_property8(PropMode::REPLACE, requestor, property, target, data)
                .ok()?;
        }
        Some(property)
    }
}

/// A window that is never shown: selections and messages go from window to window.
pub fn hidden_window(x: &RustConnection, root: WindowId) -> WindowId {
    let window = x.generate_id().expect("a free window id");
    x.create_window(
        x11rb::COPY_DEPTH_FROM_PARENT,
        window,
        root,
        0,
        0,
        1,
        1,
        0,
        WindowClass::INPUT_ONLY,
        x11rb::COPY_FROM_PARENT,
        &CreateWindowAux::new(),
    )
    .expect("a connection to the display")
    .check()
    .expect("a hidden window");
    window
}
