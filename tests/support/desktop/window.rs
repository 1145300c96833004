//! The windows on the display. No window manager runs: a test says itself which one has the keys.

use std::fmt;

use x11rb::protocol::xproto::{
    AtomEnum, ClientMessageEvent, ConfigureWindowAux, ConnectionExt as _, EventMask, InputFocus,
    MapState, Window as WindowId,
};

use super::{
    Desktop, Display,
    process::Process,
    wait::{self, DEADLINE, wait_for},
};

/// A top-level window as it was when it was looked at.
#[derive(Clone, Debug)]
pub struct Window {
    pub(super) id: WindowId,
    pub title: String,
    pub class: String,
    pub pid: u32,
    pub x: i16,
    pub y: i16,
    pub width: u16,
    pub height: u16,
}

impl fmt::Display for Window {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            title,
            class,
            pid,
            x,
            y,
            width,
            height,
            ..
        } = self;
        write!(
            to,
            "{title:?} of {class} (process {pid}), {width}x{height} at {x},{y}"
        )
    }
}

impl Desktop {
    /// The windows that can be seen now, the lowest first.
    pub fn windows(&self) -> Vec<Window> {
        let display = self.display();
        let root = display.screen().root;
        let tree = display
            .x
            .query_tree(root)
            .expect("a connection to the display");
        let children = tree.reply().expect("the root window's children").children;
        children
            .into_iter()
            .filter_map(|id| display.describe(id))
            .collect()
    }

    /// Waits for a window of which `wanted` holds.
    #[track_caller]
    pub fn window(&self, what: &str, wanted: impl Fn(&Window) -> bool) -> Window {
        match wait::look_for(DEADLINE, || self.windows().into_iter().find(&wanted)) {
            Some(window) => window,
            None => panic!(
                "no window {what} within {DEADLINE:?}; there are:\n{}",
                self.list_windows()
            ),
        }
    }

    /// Waits for the first window of a process.
    #[track_caller]
    pub fn window_of(&self, process: &Process) -> Window {
        self.window("of the process", |window| window.pid == process.pid())
    }

    #[track_caller]
    pub fn window_titled(&self, title: &str) -> Window {
        self.window(title, |window| window.title == title)
    }

    /// Waits until a window is no longer to be seen.
    #[track_caller]
    pub fn window_gone(&self, window: &Window) {
        let gone = || self.windows().iter().all(|other| other.id != window.id);
        let in_time = wait::holds_within(DEADLINE, gone);
        assert!(in_time, "still there after {DEADLINE:?}: {window}");
    }

    /// Gives a window the keyboard.
    #[track_caller]
    pub fn focus(&self, window: &Window) {
        let display = self.display();
        display
            .x
            .set_input_focus(InputFocus::PARENT, window.id, x11rb::CURRENT_TIME)
            .expect("a connection to the display")
            .check()
            .unwrap_or_else(|error| panic!("the window cannot have the keyboard: {error}"));
    }

    /// Changes a window's size and waits until the server has done it.
    #[track_caller]
    pub fn resize_window(&self, window: &Window, width: u16, height: u16) -> Window {
        let size = ConfigureWindowAux::new()
            .width(u32::from(width))
            .height(u32::from(height));
        self.configure(window, &size)
    }

    #[track_caller]
    pub fn move_window(&self, window: &Window, x: i16, y: i16) -> Window {
        self.configure(
            window,
            &ConfigureWindowAux::new().x(i32::from(x)).y(i32::from(y)),
        )
    }

    /// Asks a window to close, as the button in its title bar does.
    pub fn close_window(&self, window: &Window) {
        let display = self.display();
        let delete = display.atom("WM_DELETE_WINDOW");
        let message = ClientMessageEvent::new(
            32,
            window.id,
            display.atom("WM_PROTOCOLS"),
            [delete, x11rb::CURRENT_TIME, 0, 0, 0],
        );
        display
            .x
            .send_event(false, window.id, EventMask::NO_EVENT, message)
            .expect("a connection to the display");
        display.sync();
    }

    fn configure(&self, window: &Window, values: &ConfigureWindowAux) -> Window {
        let display = self.display();
        display
            .x
            .configure_window(window.id, values)
            .expect("a connection to the display")
            .check()
            .unwrap_or_else(|error| panic!("the window cannot be changed: {error}"));
        wait_for("the changed window", || display.describe(window.id))
    }

    pub(super) fn list_windows(&self) -> String {
        let lines: Vec<_> = self
            .windows()
            .iter()
            .map(|window| format!("  {window}"))
            .collect();
        lines.join("\n")
    }
}

impl Display {
    /// What a person would call a window: mapped, and larger than a toolkit's helper windows.
    fn describe(&self, id: WindowId) -> Option<Window> {
        let attributes = self.x.get_window_attributes(id).ok()?.reply().ok()?;
        let geometry = self.x.get_geometry(id).ok()?.reply().ok()?;
        let real = attributes.map_state == MapState::VIEWABLE && geometry.width > 1;
        real.then(|| Window {
            id,
            title: self.text_property(id, "_NET_WM_NAME", "UTF8_STRING"),
            // The instance and the class, each ended by a zero byte.
            class: self
                .text_property(id, "WM_CLASS", "STRING")
                .trim_end_matches('\0')
                .replace('\0', "/"),
            pid: self.number_property(id, "_NET_WM_PID").unwrap_or_default(),
            x: geometry.x,
            y: geometry.y,
            width: geometry.width,
            height: geometry.height,
        })
    }

    fn text_property(&self, id: WindowId, name: &str, kind: &str) -> String {
        let (name, kind) = (self.atom(name), self.atom(kind));
        let property = self.x.get_property(false, id, name, kind, 0, 1024);
        let value = property.ok().and_then(|cookie| cookie.reply().ok());
        value
            .map(|reply| String::from_utf8_lossy(&reply.value).into_owned())
            .unwrap_or_default()
    }

    fn number_property(&self, id: WindowId, name: &str) -> Option<u32> {
        let name = self.atom(name);
        let property = self
            .x
            .get_property(false, id, name, AtomEnum::CARDINAL, 0, 1);
        property.ok()?.reply().ok()?.value32()?.next()
    }
}
