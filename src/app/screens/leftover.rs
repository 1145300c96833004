//! A file that was imported from still holds the secret: may it go?

use std::path::Path;

use egui::{Align, Frame, Layout, Margin, Panel, Ui};

use super::View;
use crate::app::state::{Action, Leftover};
use crate::app::widgets::{Kind, Meaning, button, notice, shortened};

/// More are counted.
const MOST_NAMES: usize = 4;

pub fn draw(ui: &mut Ui, leftover: &Leftover, view: &mut View<'_>) {
    let files = leftover.files.as_slice();
    let title = match files.len() {
        0 => return,
        1 => "Delete the file?".to_owned(),
        many => format!("Delete the {many} files?"),
    };
    let first: Vec<String> = files
        .iter()
        .take(MOST_NAMES)
        .map(|file| name(file))
        .collect();
    let mut names = first.join(", ");
    if files.len() > MOST_NAMES {
        let more = format!(" and {} more", files.len() - MOST_NAMES);
        names.push_str(&more);
    }
    let (still, keep) = if files.len() == 1 {
        ("holds the secret", "Keep it only if it is your")
    } else {
        ("hold the secrets", "Keep them only if they are your")
    };
    let mut text = format!("{names} still {still}. {keep} spare copy, in a safe place.");
    if leftover.is_more_in_files {
        text += " Not everything that is there could be imported: see to that first.";
    }
    let frame = Frame::new().inner_margin(Margin::symmetric(16, 8));
    Panel::bottom("leftover")
        .show_separator_line(false)
        .frame(frame)
        .show(ui, |ui| {
            notice(ui, Meaning::Warn, &title, &text);
            // In a row, so that it takes no more height than a button has.
            ui.horizontal(|ui| {
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    if button(ui, Kind::Secondary, "Move to trash").clicked() {
                        view.ask(Action::Trash);
                    }
                    if button(ui, Kind::Plain, "Keep").clicked() {
                        view.ask(Action::KeepFiles);
                    }
                });
            });
        });
}

fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    format!("“{}”", shortened(&name.to_string_lossy()))
}
