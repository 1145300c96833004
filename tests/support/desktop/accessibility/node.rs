//! One thing in a window, and what a screen reader's user can do with it.

use serde::{Deserialize, Serialize};
use zbus::zvariant::{DynamicType, OwnedObjectPath, OwnedValue, Type};

use super::super::{bus, wait};
use super::{
    ACCESSIBLE, App, Role, State,
    tree::{self, Item},
};

/// Positions count from the corner of the screen.
const SCREEN: u32 = 0;

/// A node as it was found; its methods ask the program anew.
#[derive(Clone)]
pub struct Node {
    app: App,
    path: OwnedObjectPath,
    role: Role,
    name: String,
}

/// Where something is on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extents {
    pub x: i32,
    pub y: i32,
    pub width: i32,
    pub height: i32,
}

impl Extents {
    /// The middle, where a person would click.
    pub fn centre(self) -> (i16, i16) {
        let middle = |from: i32, extent: i32| {
            i16::try_from(from + extent / 2).expect("a position on the screen")
        };
        (middle(self.x, self.width), middle(self.y, self.height))
    }
}

impl Node {
    pub(super) fn new(app: App, item: Item) -> Self {
        let Item {
            path, role, name, ..
        } = item;
        Self {
            app,
            path,
            role,
            name,
        }
    }

    pub fn role(&self) -> Role {
        self.role
    }

    /// Its name when it was found.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What is inside it.
    pub fn inside(&self) -> App {
        self.app.within(&self.path)
    }

    #[track_caller]
    pub fn description(&self) -> String {
        self.property(ACCESSIBLE, "Description")
    }

    /// Waits until it can be used, and does what a click on it does.
    #[track_caller]
    pub fn press(&self) {
        self.wait_for(State::Enabled);
        let done: bool = self.call("Action", "DoAction", &0_i32);
        assert!(done, "{self} cannot be pressed\n{}", self.app.dump());
    }

    /// Gives it the keyboard within its window; `Desktop::focus` gives it to the window.
    #[track_caller]
    pub fn focus(&self) {
        let done: bool = self.call("Component", "GrabFocus", &());
        assert!(done, "{self} takes no keyboard\n{}", self.app.dump());
        self.wait_for(State::Focused);
    }

    /// What is written in it; of a password field as many dots as it has characters.
    #[track_caller]
    pub fn text(&self) -> String {
        self.try_text()
            .unwrap_or_else(|| panic!("{self} has no text\n{}", self.app.dump()))
    }

    /// The same, if it is still there.
    pub fn try_text(&self) -> Option<String> {
        tree::text(&self.app.bus, &self.app.owner, &self.path)
    }

    /// Replaces what is written in it, and waits until it shows that.
    #[track_caller]
    pub fn set_text(&self, text: &str) {
        self.wait_for(State::Editable);
        let done: bool = self.call("EditableText", "SetTextContents", &text);
        assert!(done, "{self} takes no text\n{}", self.app.dump());
        self.expect_text(text);
    }

    /// Waits until it shows this text; a password field, until it shows as many characters.
    #[track_caller]
    pub fn expect_text(&self, text: &str) {
        let shown = || match self.role {
            Role::PasswordText => self
                .try_text()
                .is_some_and(|dots| dots.chars().count() == text.chars().count()),
            _ => self.try_text().is_some_and(|shown| shown == text),
        };
        let in_time = wait::holds_within(self.app.deadline, shown);
        assert!(
            in_time,
            "{self} does not show {text:?}\n{}",
            self.app.dump()
        );
    }

    /// The number that a slider, a progress bar or a number field shows.
    #[track_caller]
    pub fn value(&self) -> f64 {
        self.property("org.a11y.atspi.Value", "CurrentValue")
    }

    /// Whether this is so now; nothing is so of a node that is gone.
    pub fn has(&self, state: State) -> bool {
        tree::states(&self.app.bus, &self.app.owner, &self.path)
            .is_ok_and(|states| states.has(state))
    }

    #[track_caller]
    pub fn wait_for(&self, state: State) {
        let in_time = wait::holds_within(self.app.deadline, || self.has(state));
        assert!(in_time, "{self} is not {state:?}\n{}", self.app.dump());
    }

    #[track_caller]
    pub fn wait_until_not(&self, state: State) {
        let in_time = wait::holds_within(self.app.deadline, || !self.has(state));
        assert!(in_time, "{self} is still {state:?}\n{}", self.app.dump());
    }

    #[track_caller]
    pub fn extents(&self) -> Extents {
        let ((x, y, width, height),) = self.call("Component", "GetExtents", &SCREEN);
        Extents {
            x,
            y,
            width,
            height,
        }
    }

    #[track_caller]
    fn property<T>(&self, interface: &str, name: &str) -> T
    where
        T: TryFrom<OwnedValue>,
        zbus::Error: From<T::Error>,
    {
        bus::property(&self.app.bus, &self.app.owner, &self.path, interface, name)
            .unwrap_or_else(|error| panic!("{self} has no {name}: {error}\n{}", self.app.dump()))
    }

    /// Calls a method of one of the node's AT-SPI interfaces.
    #[track_caller]
    fn call<T>(&self, interface: &str, method: &str, body: &(impl Serialize + DynamicType)) -> T
    where
        T: for<'a> Deserialize<'a> + Type,
    {
        let interface = format!("org.a11y.atspi.{interface}");
        bus::call(
            &self.app.bus,
            &self.app.owner,
            &self.path,
            &interface,
            method,
            body,
        )
        .unwrap_or_else(|error| panic!("{self}, {method}: {error}\n{}", self.app.dump()))
    }
}

impl std::fmt::Display for Node {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "{:?} {:?}", self.role, self.name)
    }
}
