//! What was brought, to be ticked and imported.

use egui::{
    Align, CornerRadius, Frame, Label, Layout, Margin, Panel, ProgressBar, RichText, ScrollArea,
    Sense, Ui, vec2,
};

use super::{View, title_bar};
use crate::app::preview::{Known, Locked, Preview, Row};
use crate::app::state::Action;
use crate::app::theme::{self, CONTENT_WIDTH, GAP, UNIT, palette};
use crate::app::widgets::{
    Field, Kind, Meaning, banner, button, card, centered_column, link, pill, thumbnail, tick,
};

/// Rows are alike, so that only those in sight are drawn.
const ROW_HEIGHT: f32 = 56.0;
/// So many problems are listed at first, so that the codes stay in sight.
const FEW_PROBLEMS: usize = 3;
/// More than these are counted, not listed.
const MOST_PROBLEMS: usize = 100;

pub fn draw(ui: &mut Ui, preview: &mut Preview, view: &mut View<'_>) {
    ScrollArea::vertical()
        .id_salt("preview")
        .auto_shrink(false)
        .show(ui, |ui| {
            centered_column(ui, CONTENT_WIDTH, |ui| {
                title_bar(ui, &title(preview, view), view);
                summary(ui, preview);
                ui.add_enabled_ui(preview.importing.is_none(), |ui| {
                    ui.spacing_mut().item_spacing.y = GAP;
                    pictures(ui, preview);
                    for at in 0..preview.locked.len() {
                        locked(ui, at, preview, view);
                    }
                    problems(ui, preview);
                    rows(ui, preview, view);
                });
                ui.add_space(2.0 * UNIT);
            });
        });
    view.wake_next_second(ui);
}

fn title(preview: &Preview, view: &View<'_>) -> String {
    let replaced = preview.replacing.and_then(|id| view.snapshot.account(id));
    match replaced {
        Some(view) => format!("New code for {}: which one?", view.account.name()),
        None => "What was found".to_owned(),
    }
}

/// How much of what.
fn summary(ui: &mut Ui, preview: &Preview) {
    let p = palette(ui);
    let codes = preview.rows.len();
    let of_kind = |kind: fn(&Known) -> bool| {
        let rows = preview.rows.iter();
        rows.filter(|row| kind(&row.known)).count()
    };
    let saved = of_kind(|known| matches!(known, Known::Saved(_) | Known::Differs(_)));
    let twice = of_kind(|known| matches!(known, Known::Twice));
    let mut said = vec![match codes {
        0 => "No code to import".to_owned(),
        1 if saved == 1 => "One code, here already".to_owned(),
        1 => "One code".to_owned(),
        many => format!("{many} codes"),
    }];
    if saved > 0 && codes > 1 {
        said.push(format!("{saved} of them here already"));
    }
    if twice > 0 {
        said.push(format!("{twice} of them twice"));
    }
    if !preview.problems.is_empty() {
        said.push(format!("{} not readable", preview.problems.len()));
    }
    let text = format!("{}.", said.join(", "));
    let text = RichText::new(text).font(theme::regular(theme::SMALL));
    ui.label(text.color(p.dim));
    ui.add_space(UNIT);
}

fn pictures(ui: &mut Ui, preview: &mut Preview) {
    if preview.pictures.is_empty() {
        return;
    }
    ScrollArea::horizontal().id_salt("pictures").show(ui, |ui| {
        ui.horizontal(|ui| {
            for picture in &mut preview.pictures {
                thumbnail(
                    ui,
                    &picture.name,
                    &picture.shown,
                    &mut picture.texture,
                    96.0,
                );
            }
        });
    });
}

fn locked(ui: &mut Ui, at: usize, preview: &mut Preview, view: &mut View<'_>) {
    let Some(locked) = preview.locked.get_mut(at) else {
        return;
    };
    card(ui, |ui| {
        ui.label(RichText::new(&locked.name).font(theme::semibold(theme::NAME)));
        let Locked {
            text,
            password,
            shown,
            opening,
            failed,
            ..
        } = locked;
        let failed = *failed;
        let id = password_id(at);
        let field = Field {
            id,
            label: "Password of this backup",
            optional: false,
            hint: "",
            help: text.as_str(),
            warning: failed.then(|| text.clone()),
            text: password.expose_mut(),
            secret: true,
            most: 1_024,
            shown: Some(shown),
        };
        let response = field.show(ui);
        let entered = response.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter));
        ui.horizontal(|ui| {
            if opening.is_some() {
                ui.spinner();
                ui.label("Opening…");
                return;
            }
            let open =
                ui.add_enabled_ui(!password.is_empty(), |ui| button(ui, Kind::Primary, "Open"));
            if open.inner.clicked() || (entered && !password.is_empty()) {
                view.ask(Action::OpenLocked(at));
            }
            if button(ui, Kind::Plain, "Leave it out").clicked() {
                view.ask(Action::SkipLocked(at));
            }
        });
    });
}

pub fn password_id(at: usize) -> egui::Id {
    egui::Id::unique(("backup password", at))
}

fn problems(ui: &mut Ui, preview: &mut Preview) {
    let count = preview.problems.len();
    let most = if preview.all_problems {
        MOST_PROBLEMS
    } else {
        FEW_PROBLEMS
    };
    if count == 0 {
        return;
    }
    let mut pieces = Vec::new();
    for (index, problem) in preview.problems.iter().take(most).enumerate() {
        if index > 0 {
            pieces.push(("\n", false));
        }
        pieces.push((problem.source.as_str(), true));
        pieces.push((": ", false));
        pieces.push((problem.text.as_str(), false));
    }
    banner(ui, Meaning::Warn, &pieces);
    if count > most {
        if preview.all_problems {
            ui.label(format!("And {} more.", count - most));
        } else if link(ui, &format!("Show all {count} that could not be read")).clicked() {
            preview.all_problems = true;
        }
    }
}

fn rows(ui: &mut Ui, preview: &mut Preview, view: &mut View<'_>) {
    let Some(last) = preview.rows.len().checked_sub(1) else {
        return;
    };
    if preview.rows.len() > 1 {
        tick_all(ui, preview);
    }
    let p = palette(ui);
    Frame::new()
        .fill(p.card)
        .corner_radius(CornerRadius::same(theme::CARD_RADIUS))
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            ui.set_width(ui.available_width());
            // Somebody who listens to the window hears of all of them.
            let heard = ui
                .ctx()
                .accesskit_node_builder(ui.unique_id(), |_| ())
                .is_some();
            let replacing = preview.replacing.is_some();
            let top = ui.cursor().top();
            let clip = ui.clip_rect();
            for (index, row) in preview.rows.iter_mut().enumerate() {
                #[allow(clippy::cast_precision_loss, reason = "some thousands")]
                let y = top + index as f32 * ROW_HEIGHT;
                let near = y + 2.0 * ROW_HEIGHT > clip.top() && y - ROW_HEIGHT < clip.bottom();
                let size = vec2(ui.available_width(), ROW_HEIGHT);
                if near || heard {
                    ui.push_id(row.account.id, |ui| {
                        ui.allocate_ui_with_layout(
                            size,
                            Layout::right_to_left(Align::Center),
                            |ui| one(ui, index, row, replacing, view),
                        );
                    });
                    if index < last {
                        let line = egui::Stroke::new(1.0, p.line);
                        let x = ui.max_rect().x_range();
                        ui.painter().hline(x, y + ROW_HEIGHT, line);
                    }
                } else {
                    ui.allocate_space(size);
                }
            }
        });
}

fn tick_all(ui: &mut Ui, preview: &mut Preview) {
    ui.horizontal(|ui| {
        let new = |row: &&Row| row.known == Known::New;
        let all_new = preview.rows.iter().filter(new).all(|row| row.ticked);
        let word = if all_new {
            "Tick none"
        } else {
            "Tick all that are new"
        };
        if link(ui, word).clicked() {
            for row in &mut preview.rows {
                row.ticked = !all_new && row.known == Known::New;
            }
        }
    });
}

/// From the right: what else can be done, the code, the tick with the name.
fn one(ui: &mut Ui, index: usize, row: &mut Row, replacing: bool, view: &mut View<'_>) {
    let p = palette(ui);
    ui.spacing_mut().item_spacing.x = 2.0 * UNIT;
    ui.set_min_height(ROW_HEIGHT);
    ui.add_space(2.0 * UNIT);
    let name = row.account.name().to_owned();
    let (word, what, why) = if replacing {
        ("Use…", "Use", "Take this code for the account")
    } else {
        ("Add…", "Add", "Add this one with PIN and API key")
    };
    let add = button(ui, Kind::Plain, word)
        .accessible_name(format!("{what} {name}"))
        .on_hover_text(why);
    if add.clicked() {
        view.ask(Action::UseRow(index));
    }
    let code = row.draft.otp.code_at(view.clock.unix_secs()).grouped();
    let code = RichText::new(code).font(theme::mono(theme::TITLE));
    ui.add(Label::new(code.color(p.text)));
    match &row.known {
        Known::New => {}
        Known::Saved(_) => drop(pill(ui, p.idle, "Here already", false)),
        Known::Differs(_) => drop(pill(ui, p.warn, "Other settings", false)),
        Known::Twice => drop(pill(ui, p.idle, "Twice", false)),
    }
    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
        ui.add_space(3.0 * UNIT);
        tick(ui, &mut row.ticked).accessible_name(format!("Import {name}"));
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 1.0;
            let free = (ROW_HEIGHT - theme::NAME - theme::SMALL - 6.0) / 2.0;
            ui.add_space(free.max(0.0));
            let text = RichText::new(&name).font(theme::semibold(theme::NAME));
            let label = ui.add(
                Label::new(text.color(p.text))
                    .truncate()
                    .sense(Sense::CLICK),
            );
            if label.clicked() {
                row.ticked = !row.ticked;
            }
            let below = RichText::new(below(row)).font(theme::regular(theme::SMALL));
            ui.add(Label::new(below.color(p.dim)).truncate());
        });
    });
}

/// Whose it is, what is unusual about it, and where it was found.
fn below(row: &Row) -> String {
    let otp = &row.draft.otp;
    let mut parts = Vec::new();
    match &row.known {
        Known::Saved(name) => parts.push(format!("saved as {name}")),
        Known::Differs(name) => parts.push(format!("same secret as {name}")),
        Known::New | Known::Twice => {}
    }
    let service = row.account.service();
    if !service.is_empty() && service != row.account.name() {
        parts.push(service.to_owned());
    }
    if otp.kind() == crate::otp::Kind::Totp && otp.digits() != 6 {
        parts.push(format!("{} digits", otp.digits()));
    }
    if otp.period() != 30 {
        parts.push(format!("every {} s", otp.period()));
    }
    parts.push(row.source.clone());
    parts.join(" · ")
}

/// The row at the bottom: leave, import, how far it is.
pub fn buttons(ui: &mut Ui, preview: &Preview, view: &mut View<'_>) {
    let frame = Frame::new().inner_margin(Margin::symmetric(0, 10));
    Panel::bottom("preview buttons")
        .frame(frame)
        .show(ui, |ui| {
            centered_column(ui, CONTENT_WIDTH, |ui| {
                ui.horizontal(|ui| match preview.importing {
                    Some(_) => progress(ui, view),
                    None => choices(ui, preview, view),
                });
            });
        });
}

fn progress(ui: &mut Ui, view: &mut View<'_>) {
    let count = view.snapshot.importing.unwrap_or_default();
    // Not where the button for importing was: a double click must not cancel.
    if button(ui, Kind::Secondary, "Cancel").clicked() {
        view.ask(Action::CancelImport);
    }
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        #[allow(clippy::cast_precision_loss, reason = "some thousands")]
        let share = count.done as f32 / count.all.max(1) as f32;
        let text = format!("Saving {} of {}…", count.done, count.all);
        ui.add(ProgressBar::new(share).text(text))
            .accessible_name(format!("Saving {} of {}", count.done, count.all));
    });
}

fn choices(ui: &mut Ui, preview: &Preview, view: &mut View<'_>) {
    if button(ui, Kind::Plain, "Cancel").clicked() {
        view.ask(Action::Leave);
    }
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        // One of them is taken, and none is added.
        if preview.replacing.is_some() {
            return;
        }
        let ticked = preview.ticked();
        let word = match ticked {
            1 => "Import 1 account".to_owned(),
            many => format!("Import {many} accounts"),
        };
        let import = ui.add_enabled_ui(ticked > 0, |ui| button(ui, Kind::Primary, &word));
        if import.inner.clicked() {
            view.ask(Action::Import);
        }
        if button(ui, Kind::Secondary, "Bring more").clicked() {
            view.ask(Action::ChooseFile);
        }
    });
}
