//! Several codes were found: all are offered, one after another.

use std::collections::VecDeque;

use egui::{Align, Label, Layout, RichText, Ui};

use super::{View, title_bar};
use crate::app::state::Action;
use crate::app::theme::{self, GAP, UNIT, palette};
use crate::app::widgets::{Kind, button, card, page};
use crate::engine::Draft;

pub fn draw(ui: &mut Ui, source: &str, drafts: &VecDeque<Draft>, view: &mut View<'_>) {
    page(ui, "choose", |ui| {
        title_bar(ui, "Which one?", view);
        let p = palette(ui);
        let count = match drafts.len() {
            1 => "One code".to_owned(),
            many => format!("{many} codes"),
        };
        let text = format!("{count} found in {source} and not added yet. Add them one by one.");
        ui.label(
            RichText::new(text)
                .font(theme::regular(theme::SMALL))
                .color(p.dim),
        );
        ui.add_space(UNIT);
        ui.spacing_mut().item_spacing.y = GAP;
        for (index, draft) in drafts.iter().enumerate() {
            ui.push_id(index, |ui| card(ui, |ui| row(ui, index, draft, view)));
        }
        ui.horizontal(|ui| {
            if button(ui, Kind::Plain, "Done").clicked() {
                view.ask(Action::GoHome);
            }
        });
    });
    view.wake_next_second(ui);
}

fn row(ui: &mut Ui, index: usize, draft: &Draft, view: &mut View<'_>) {
    let p = palette(ui);
    let name = if draft.name.is_empty() {
        "Code without a name"
    } else {
        &draft.name
    };
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if button(ui, Kind::Primary, "Add")
                .accessible_name(format!("Add {name}"))
                .clicked()
            {
                view.ask(Action::UseDraft(index));
            }
            let code = draft.otp.code_at(view.clock.unix_secs()).grouped();
            let code = RichText::new(code)
                .font(theme::mono(theme::TITLE))
                .color(p.text);
            ui.add(Label::new(code));
            ui.with_layout(Layout::top_down(Align::Min), |ui| {
                let name = RichText::new(name).font(theme::semibold(theme::NAME));
                ui.add(Label::new(name).truncate());
                let issuer = draft.issuer.as_deref().unwrap_or("no issuer given");
                let issuer = RichText::new(issuer).font(theme::regular(theme::SMALL));
                ui.add(Label::new(issuer.color(p.dim)).truncate());
            });
        });
    });
}
