//! A program as a screen reader sees it.

use std::time::Duration;

use zbus::{blocking::Connection, zvariant::OwnedObjectPath};

use super::super::{
    bus,
    wait::{self, DEADLINE},
};
use super::{
    Name, Node, ROOT, Role,
    tree::{self, Item},
};

/// All that a program shows, or the part of it that is inside one node.
#[derive(Clone)]
pub struct App {
    pub(super) bus: Connection,
    pub(super) owner: String,
    scope: Option<OwnedObjectPath>,
    pub(super) deadline: Duration,
    /// Whether it has to be asked node by node.
    is_gtk: bool,
}

impl App {
    pub(super) fn new(bus: Connection, owner: String) -> Self {
        let toolkit = bus::property(
            &bus,
            &owner,
            ROOT,
            "org.a11y.atspi.Application",
            "ToolkitName",
        );
        let is_gtk = toolkit.is_ok_and(|name: String| name == "gtk");
        Self {
            bus,
            owner,
            scope: None,
            deadline: DEADLINE,
            is_gtk,
        }
    }

    pub(super) fn within(&self, scope: &OwnedObjectPath) -> Self {
        Self {
            scope: Some(scope.clone()),
            ..self.clone()
        }
    }

    /// The same with another deadline for all that is waited for.
    pub fn with_deadline(&self, deadline: Duration) -> Self {
        Self {
            deadline,
            ..self.clone()
        }
    }

    /// Waits until such a node is there. If there are several, the test has to say which.
    #[track_caller]
    pub fn find(&self, role: Role, name: impl Name) -> Node {
        let found = wait::look_for(self.deadline, || {
            let found = self.find_all(role, &name);
            (!found.is_empty()).then_some(found)
        });
        let Some(mut found) = found else {
            panic!(
                "no {role:?} {} within {:?}\n{}",
                name.describe(),
                self.deadline,
                self.dump()
            );
        };
        let count = found.len();
        assert!(
            count == 1,
            "{count} times {role:?} {}\n{}",
            name.describe(),
            self.dump()
        );
        found.remove(0)
    }

    /// Such a node, if one is there now.
    pub fn try_find(&self, role: Role, name: impl Name) -> Option<Node> {
        self.find_all(role, name).into_iter().next()
    }

    /// All such nodes that are there now, in reading order.
    pub fn find_all(&self, role: Role, name: impl Name) -> Vec<Node> {
        let fits = |item: &Item| item.is_shown() && item.role == role && name.fits(&item.name);
        let items = self.items().into_iter();
        items
            .filter(fits)
            .map(|item| Node::new(self.clone(), item))
            .collect()
    }

    /// Waits until no such node is there any more.
    #[track_caller]
    pub fn gone(&self, role: Role, name: impl Name) {
        let gone = || self.try_find(role, &name).is_none();
        let in_time = wait::holds_within(self.deadline, gone);
        assert!(
            in_time,
            "still there: {role:?} {}\n{}",
            name.describe(),
            self.dump()
        );
    }

    /// Waits for a label; what it says is its name.
    #[track_caller]
    pub fn says(&self, text: impl Name) {
        let shown = || self.try_find(Role::Label, &text).is_some();
        let in_time = wait::holds_within(self.deadline, shown);
        assert!(in_time, "no label {}\n{}", text.describe(), self.dump());
    }

    /// Presses the button of this name.
    #[track_caller]
    pub fn press(&self, button: &str) {
        self.find(Role::Button, button).press();
    }

    /// All that is shown, as text.
    pub fn dump(&self) -> String {
        tree::draw(&self.items(), |item| self.content(item))
    }

    /// What is written in a text field.
    fn content(&self, item: &Item) -> Option<String> {
        if !matches!(item.role, Role::Entry | Role::PasswordText | Role::Text) {
            return None;
        }
        tree::text(&self.bus, &self.owner, &item.path)
    }

    /// What is shown now; nothing, if the program has ended or shows no window yet.
    fn items(&self) -> Vec<Item> {
        let all = if self.is_gtk {
            tree::walk(&self.bus, &self.owner)
        } else {
            tree::read(&self.bus, &self.owner).unwrap_or_default()
        };
        match &self.scope {
            Some(scope) => tree::inside(&all, scope),
            None => all,
        }
    }
}
