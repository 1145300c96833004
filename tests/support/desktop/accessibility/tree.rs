//! One look at all that a program shows.

use std::{
    collections::{HashMap, HashSet},
    fmt::Write as _,
};

use zbus::{blocking::Connection, zvariant::OwnedObjectPath};

use super::{super::bus, ACCESSIBLE, Address, ROOT, Role, State, role::States};

const CACHE: (&str, &str) = ("/org/a11y/atspi/cache", "org.a11y.atspi.Cache");

/// One row of the answer to `GetItems`, in the order of the AT-SPI interface description.
type Row = (
    Address,
    Address,
    Address,
    i32,
    i32,
    Vec<String>,
    String,
    u32,
    String,
    Vec<u32>,
);

#[derive(Clone, Debug)]
pub struct Item {
    pub path: OwnedObjectPath,
    pub depth: usize,
    pub role: Role,
    pub name: String,
    pub description: String,
    pub states: States,
}

impl Item {
    /// Whether a person could see it; GTK also tells of what it hides.
    pub fn is_shown(&self) -> bool {
        self.states.has(State::Showing)
    }
}

/// Everything the program shows, in reading order. One call, so that it is of one moment.
pub fn read(bus: &Connection, owner: &str) -> zbus::Result<Vec<Item>> {
    let rows: Vec<Row> = bus::call(bus, owner, CACHE.0, CACHE.1, "GetItems", &())?;
    let known: HashSet<OwnedObjectPath> = rows.iter().map(|row| row.0.1.clone()).collect();
    let mut children: HashMap<OwnedObjectPath, Vec<Row>> = HashMap::new();
    let mut roots = Vec::new();
    for row in rows {
        let parent = &row.2;
        if parent.0 == owner && known.contains(&parent.1) {
            children.entry(parent.1.clone()).or_default().push(row);
        } else {
            roots.push(row);
        }
    }
    let mut items = Vec::new();
    collect(roots, 0, &mut children, &mut items);
    Ok(items)
}

fn collect(
    mut rows: Vec<Row>,
    depth: usize,
    children: &mut HashMap<OwnedObjectPath, Vec<Row>>,
    items: &mut Vec<Item>,
) {
    rows.sort_by_key(|row| row.3);
    for ((_, path), _, _, _, _, _, name, role, description, states) in rows {
        let below = children.remove(&path).unwrap_or_default();
        let (role, states) = (Role::from(role), States::from(states.as_slice()));
        items.push(Item {
            path,
            depth,
            role,
            name,
            description,
            states,
        });
        collect(below, depth + 1, children, items);
    }
}

/// The same, node by node: GTK answers `GetItems` only with what somebody has asked for before.
pub fn walk(bus: &Connection, owner: &str) -> Vec<Item> {
    let mut items = Vec::new();
    let root = OwnedObjectPath::try_from(ROOT).expect("a valid path");
    let mut ahead = vec![(0, root)];
    while let Some((depth, path)) = ahead.pop() {
        // A node that is gone by now is left out.
        let Ok((item, children)) = ask(bus, owner, path, depth) else {
            continue;
        };
        items.push(item);
        ahead.extend(
            children
                .into_iter()
                .rev()
                .map(|(_, child)| (depth + 1, child)),
        );
    }
    items
}

fn ask(
    bus: &Connection,
    owner: &str,
    path: OwnedObjectPath,
    depth: usize,
) -> zbus::Result<(Item, Vec<Address>)> {
    let role: u32 = bus::call(bus, owner, &path, ACCESSIBLE, "GetRole", &())?;
    let children: Vec<Address> = bus::call(bus, owner, &path, ACCESSIBLE, "GetChildren", &())?;
    let item = Item {
        depth,
        role: Role::from(role),
        name: bus::property(bus, owner, &path, ACCESSIBLE, "Name")?,
        description: bus::property(bus, owner, &path, ACCESSIBLE, "Description")?,
        states: states(bus, owner, &path)?,
        path,
    };
    Ok((item, children))
}

/// The tree as text, for the person who reads why a test failed.
pub fn draw(items: &[Item], content: impl Fn(&Item) -> Option<String>) -> String {
    let mut text = String::new();
    for item in items {
        let Item {
            depth,
            role,
            name,
            states,
            ..
        } = item;
        let _always_ok = write!(text, "{:1$}{role:?} {name:?}", "", depth * 2);
        if let Some(content) = content(item) {
            let _always_ok = write!(text, " = {content:?}");
        }
        if !item.description.is_empty() {
            let _always_ok = write!(text, " ({})", item.description);
        }
        let hidden = if item.is_shown() { "" } else { " hidden" };
        let _always_ok = writeln!(text, "{hidden}{states}");
    }
    text
}

/// What is true of one node now.
pub fn states(bus: &Connection, owner: &str, path: &OwnedObjectPath) -> zbus::Result<States> {
    let words: Vec<u32> = bus::call(bus, owner, path, ACCESSIBLE, "GetState", &())?;
    Ok(States::from(words.as_slice()))
}

/// What is written in a node that has text.
pub fn text(bus: &Connection, owner: &str, path: &OwnedObjectPath) -> Option<String> {
    bus::call(
        bus,
        owner,
        path,
        "org.a11y.atspi.Text",
        "GetText",
        &(0_i32, -1_i32),
    )
    .ok()
}

/// The part of the tree below one node.
pub fn inside(items: &[Item], scope: &OwnedObjectPath) -> Vec<Item> {
    let Some(at) = items.iter().position(|item| item.path == *scope) else {
        return Vec::new();
    };
    let depth = items[at].depth;
    items[at + 1..]
        .iter()
        .take_while(|item| item.depth > depth)
        .cloned()
        .collect()
}
