//! Pieces that several screens are made of.

mod banner;
mod button;
mod field;
mod icon;
mod layout;
mod pill;
mod ring;
mod short;
mod thumbnail;
mod tick;

pub use banner::{Meaning, banner, notice};
pub use button::{Kind, button, icon_button, link};
pub use field::{Field, forget_fields};
pub use icon::{Icon, paint_icon};
pub use layout::{card, centered_column, page};
pub use pill::{badge, pill};
pub use ring::ring;
pub use short::shortened;
pub use thumbnail::thumbnail;
pub use tick::{choice, tick};
