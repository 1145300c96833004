//! A file that was imported from still holds the secret: may it go?

use std::path::Path;

use egui::{Align, Frame, Layout, Margin, Panel, Ui};

use super::View;
use crate::app::state::{Action, Leftover};
use crate::app::widgets::{Kind, Meaning, button, notice};

pub fn draw(ui: &mut Ui, leftover: &Leftover, view: &mut View<'_>) {
    let files = leftover.files.as_slice();
    let (title, mut text) = match files {
        [] => return,
        [file] => (
            "Delete the file?".to_owned(),
            format!(
                "“{}” still holds the secret. Keep it only if it is your spare copy, in a safe \
                 place.",
                name(file)
            ),
        ),
        [first, ..] => (
            format!("Delete the {} files?", files.len()),
            format!(
                "“{}” and the others still hold the secrets. Keep them only if they are your \
                 spare copy, in a safe place.",
                name(first)
            ),
        ),
    };
    if leftover.is_more_in_files {
        text += " Not everything that is there could be imported: see to that first.";
    }
    let frame = Frame::new().inner_margin(Margin::symmetric(16, 8));
    Panel::bottom("leftover")
        .show_separator_line(false)
        .frame(frame)
        .show(ui, |ui| {
            notice(ui, Meaning::Warn, &title, &text);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if button(ui, Kind::Secondary, "Move to trash").clicked() {
                    view.ask(Action::Trash);
                }
                if button(ui, Kind::Plain, "Keep").clicked() {
                    view.ask(Action::KeepFiles);
                }
            });
        });
}

fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned()
}
