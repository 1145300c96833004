//! The accounts: a card each, with the code now and what can be done.

mod card;

use egui::{CornerRadius, Frame, Id, Margin, Rect, RichText, Stroke, TextEdit, Ui, vec2};

use super::View;
use crate::app::state::Action;
use crate::app::theme::{self, CONTROL_HEIGHT, GAP, MARGIN, RADIUS, UNIT, palette};
use crate::app::widgets::{Icon, Kind, Meaning, button, centered_column, notice, page, paint_icon};
use crate::engine::AccountView;

pub fn draw(ui: &mut Ui, search: &mut String, view: &mut View<'_>) {
    ui.add_space(MARGIN);
    centered_column(ui, theme::CONTENT_WIDTH, |ui| toolbar(ui, search, view));
    ui.add_space(2.0 * UNIT);
    let snapshot = view.snapshot;
    page(ui, "accounts", |ui| {
        ui.spacing_mut().item_spacing.y = GAP;
        if snapshot.unreadable > 0 {
            unreadable(ui, snapshot.unreadable);
        }
        let mut found = 0;
        for account in snapshot
            .accounts
            .iter()
            .filter(|account| matches(account, search))
        {
            found += 1;
            where_seen(ui, account, |ui| card::draw(ui, account, view));
        }
        if found == 0 {
            nothing_found(ui, search);
        }
        ui.add_space(MARGIN);
    });
    view.wake_next_second(ui);
}

/// Draws a card that is in sight or near it. One that is not takes up its room,
/// unless somebody listens to the window instead of looking at it.
fn where_seen(ui: &mut Ui, account: &AccountView, draw: impl FnOnce(&mut Ui)) {
    let id = Id::unique(("height of", account.id()));
    let listened_to = ui
        .ctx()
        .accesskit_node_builder(ui.unique_id(), |_| ())
        .is_some();
    let height: Option<f32> = ui.data(|data| data.get_temp(id));
    if let Some(height) = height.filter(|_| !listened_to) {
        let size = vec2(ui.available_width(), height);
        let room = Rect::from_min_size(ui.cursor().min, size);
        // Within half a window, so that Tab finds the next one.
        let near = room.expand2(vec2(0.0, ui.clip_rect().height() / 2.0));
        if !ui.is_rect_visible(near) {
            ui.allocate_space(size);
            return;
        }
    }
    let drawn = ui.scope(draw).response.rect.height();
    if height != Some(drawn) {
        ui.data_mut(|data| data.insert_temp(id, drawn));
    }
}

fn matches(account: &AccountView, search: &str) -> bool {
    let wanted = search.trim().to_lowercase();
    let account = &account.account;
    [account.name(), &account.client_code, account.service()]
        .iter()
        .any(|text| text.to_lowercase().contains(&wanted))
}

fn toolbar(ui: &mut Ui, search: &mut String, view: &mut View<'_>) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0 * UNIT;
        // What the two buttons leave; measured on the frame before.
        let id = ui.scope_id().with("toolbar buttons");
        let buttons: f32 = ui.data(|data| data.get_temp(id)).unwrap_or(230.0);
        search_field(
            ui,
            search,
            (ui.available_width() - buttons - 2.0 * UNIT).max(80.0),
        );
        let start = ui.cursor().left();
        // Where there are codes alone, there is nothing to log in to.
        let accounts = &view.snapshot.accounts;
        let any_logs_in = accounts.iter().any(|view| view.account.broker.is_some());
        if any_logs_in && button(ui, Kind::Secondary, "Log in all").clicked() {
            view.ask(Action::LogInAll);
        }
        let add = button(ui, Kind::Primary, "+ Add account");
        if add.clicked() {
            view.ask(Action::Bring);
        }
        let width = add.rect.right() - start;
        if (width - buttons).abs() > 0.5 {
            ui.data_mut(|data| data.insert_temp(id, width));
            ui.ctx().request_discard("the toolbar has been measured");
        }
    });
}

fn search_field(ui: &mut Ui, search: &mut String, width: f32) {
    let p = palette(ui);
    let id = ui.scope_id().with("search");
    let focused = ui.memory(|memory| memory.has_focus(id));
    let line = if focused {
        Stroke::new(1.5, p.accent)
    } else {
        Stroke::new(1.0, p.line)
    };
    Frame::new()
        .fill(p.card)
        .stroke(line)
        .corner_radius(CornerRadius::same(RADIUS))
        .inner_margin(Margin::symmetric(10, 0))
        .show(ui, |ui| {
            ui.horizontal(|ui| {
                let (rect, _) =
                    ui.allocate_exact_size(vec2(16.0, CONTROL_HEIGHT), egui::Sense::hover());
                paint_icon(ui.painter(), Icon::Search, rect, 14.0, p.dim);
                let width = (width - 20.0 - 16.0 - 3.0 * UNIT).max(20.0);
                let edit = TextEdit::singleline(search)
                    .id(id)
                    .hint_text(RichText::new("Search accounts").color(p.faint))
                    .font(theme::regular(theme::BODY))
                    .frame(Frame::NONE)
                    .margin(Margin::ZERO)
                    .align(egui::Align2::LEFT_CENTER)
                    .min_size(vec2(width, CONTROL_HEIGHT))
                    .desired_width(width);
                ui.add(edit).accessible_name("Search accounts");
            });
        });
}

fn nothing_found(ui: &mut Ui, search: &str) {
    ui.add_space(10.0 * UNIT);
    ui.vertical_centered(|ui| {
        let p = palette(ui);
        let text = format!("No account matches “{}”", search.trim());
        ui.label(
            RichText::new(text)
                .font(theme::regular(theme::BODY))
                .color(p.dim),
        );
    });
}

fn unreadable(ui: &mut Ui, count: usize) {
    let title = match count {
        1 => "One item in your keyring could not be read.".to_owned(),
        many => format!("{many} items in your keyring could not be read."),
    };
    let text = "Kunji left it untouched: it may be from a newer version, or was changed by hand.";
    notice(ui, Meaning::Warn, &title, text);
}
