//! The second step: what was found, and what the person has to add.

use std::cmp::Ordering;

use egui::{Align, Frame, Layout, Margin, Panel, RichText, Sense, Ui, vec2};

use super::{View, title_bar};
use crate::account::BrokerKind;
use crate::app::form::{Form, field_id};
use crate::app::state::{Action, Screen, State};
use crate::app::theme::{self, CONTENT_WIDTH, GAP, UNIT, palette};
use crate::app::widgets::{
    Field, Icon, Kind, Meaning, banner, button, centered_column, choice, link, notice, page,
    paint_icon, thumbnail,
};

const PORTAL: &str = "https://smartapi.angelone.in/";

pub fn draw(ui: &mut Ui, form: &mut Form, view: &mut View<'_>) {
    page(ui, "form", |ui| {
        ui.spacing_mut().item_spacing.y = GAP;
        let title = match (form.is_edit, &form.found) {
            (false, _) if form.broker.is_none() => "Add a code".to_owned(),
            (false, _) => "Add an AngelOne account".to_owned(),
            (true, None) => format!("Edit {}", name_of(form)),
            (true, Some(_)) => format!("New code for {}", name_of(form)),
        };
        title_bar(ui, &title, view);
        if !form.is_edit && form.broker.is_some() {
            steps(ui, 2);
        }
        found(ui, form, view);
        // Fields are not to be changed while they are being written.
        ui.add_enabled_ui(form.saving.is_none(), |ui| fields(ui, form, view));
        if let Some(error) = &form.error {
            let text = format!("{error} {} Nothing you entered is lost.", error.advice());
            notice(ui, Meaning::Bad, "Not saved.", &text);
        }
        if form.broker.is_none() {
            ui.add_space(UNIT);
            return;
        }
        let warning = "PIN and code on one computer are one factor, not two: whoever opens this \
                       computer can log in. Keep it locked, and keep a copy of the QR elsewhere.";
        banner(ui, Meaning::Warn, &[(warning, false)]);
        ui.add_space(UNIT);
    });
    view.wake_next_second(ui);
}

fn name_of(form: &Form) -> String {
    form.account().name().to_owned()
}

/// The three steps, with `current` of them reached.
pub fn steps(ui: &mut Ui, current: usize) {
    ui.horizontal(|ui| {
        let p = palette(ui);
        for (index, name) in ["QR code", "Account", "Test login"].into_iter().enumerate() {
            let step = index + 1;
            let (fill, number, text) = match step.cmp(&current) {
                Ordering::Less => (p.ok.text, p.card, p.dim),
                Ordering::Equal => (p.accent, p.on_accent, p.text),
                Ordering::Greater => (p.quiet, p.dim, p.dim),
            };
            let (rect, _) = ui.allocate_exact_size(vec2(22.0, 22.0), Sense::hover());
            ui.painter().circle_filled(rect.center(), 11.0, fill);
            if step < current {
                paint_icon(ui.painter(), Icon::Check, rect, 10.0, number);
            } else {
                let font = theme::semibold(theme::TINY);
                let center = egui::Align2::CENTER_CENTER;
                ui.painter().text(rect.center(), center, step, font, number);
            }
            ui.label(
                RichText::new(name)
                    .font(theme::regular(theme::SMALL))
                    .color(text),
            );
            ui.add_space(UNIT);
        }
    });
}

fn found(ui: &mut Ui, form: &mut Form, view: &View<'_>) {
    if let Some(found) = &mut form.found
        && let Some(shown) = &found.picture
    {
        thumbnail(ui, &found.source, shown, &mut found.texture, 88.0);
    }
    let form = &*form;
    let Some(found) = &form.found else { return };
    let code = form.otp().code_at(view.clock.unix_secs()).grouped();
    let mut pieces: Vec<(&str, bool)> = vec![("Found a code", false)];
    if !found.name.is_empty() {
        pieces.extend([(" for ", false), (found.name.as_str(), true)]);
    }
    let issuer = found.issuer.as_ref().map(|issuer| format!(" ({issuer})"));
    if let Some(issuer) = &issuer {
        pieces.push((issuer, false));
    }
    pieces.extend([
        (" in ", false),
        (found.source.as_str(), true),
        (". It shows ", false),
        (code.as_str(), true),
        (" now: your phone should show the same.", false),
    ]);
    banner(ui, Meaning::Ok, &pieces);
    if let Some(name) = form.same_secret_as(view.snapshot) {
        let title = format!("“{name}” has the same secret.");
        notice(
            ui,
            Meaning::Warn,
            &title,
            "Saving adds a second account with the same codes.",
        );
    }
    if let Some(named) = form.other_client().filter(|_| form.broker.is_some()) {
        let title = format!("This code is labelled {named}.");
        let text = "It replaces the code of another client code. Check that it is the right one.";
        let text = if form.is_edit {
            text
        } else {
            "The client code below is another. Check which is right."
        };
        notice(ui, Meaning::Warn, &title, text);
    }
    if form.otp().is_short() {
        let text = "The code works. AngelOne’s secrets have 26 letters and digits: check that none \
                    was left out.";
        notice(
            ui,
            Meaning::Warn,
            "This secret is shorter than 16 bytes.",
            text,
        );
    }
}

fn fields(ui: &mut Ui, form: &mut Form, view: &mut View<'_>) {
    let warnings = |form: &Form, field| form.warning(field, view.snapshot);
    let (client_code, pin) = (warnings(form, "client code"), warnings(form, "PIN"));
    let (api_key, api_secret) = (warnings(form, "API key"), warnings(form, "API secret"));
    let redirect_url = warnings(form, "redirect URL");

    let label = text_field("label", "Name", &mut form.label);
    Field {
        hint: "For instance: Mine, Family, HUF",
        most: 60,
        ..label
    }
    .show(ui);
    kind(ui, form);
    if form.broker.is_none() {
        Field {
            optional: true,
            hint: "For instance: GitHub",
            most: 60,
            ..text_field("issuer", "Whose code it is", &mut form.issuer)
        }
        .show(ui);
        let kept = [&form.pin, &form.api_key, &form.api_secret];
        if kept.iter().any(|secret| !secret.is_empty()) {
            let text = "They are there again when you choose to log in with it.";
            notice(
                ui,
                Meaning::Idle,
                "PIN and API key stay saved, unused.",
                text,
            );
        }
        return;
    }
    let help = if form.client_code_from_qr {
        "Read from the QR code"
    } else {
        "As in A123456"
    };
    let code = text_field("client code", "Client code", &mut form.client_code);
    let code = Field {
        warning: client_code,
        help,
        ..code
    };
    let pin = Field {
        warning: pin,
        help: "The 4-digit MPIN, not the web password",
        secret: true,
        shown: Some(&mut form.shown.pin),
        ..text_field("PIN", "PIN", form.pin.expose_mut())
    };
    // Side by side where there is room for both.
    if ui.available_width() > 420.0 {
        ui.columns_const(|[left, right]| {
            code.show(left);
            pin.show(right);
        });
    } else {
        code.show(ui);
        pin.show(ui);
    }
    Field {
        warning: api_key,
        help: "From the SmartAPI developer portal",
        secret: true,
        shown: Some(&mut form.shown.api_key),
        ..text_field("API key", "API key", form.api_key.expose_mut())
    }
    .show(ui);
    if link(ui, "Open the portal").clicked() {
        view.ask(Action::OpenPage(PORTAL));
    }
    Field {
        optional: true,
        hint: "Kept for OpenAlgo’s .env; logging in does not need it",
        warning: api_secret,
        secret: true,
        shown: Some(&mut form.shown.api_secret),
        ..text_field("API secret", "API secret", form.api_secret.expose_mut())
    }
    .show(ui);
    Field {
        optional: true,
        hint: "http://127.0.0.1:5000/angel/callback",
        warning: redirect_url,
        ..text_field("redirect URL", "Redirect URL", &mut form.redirect_url)
    }
    .show(ui);
}

/// A broker's account, or a code and nothing else.
fn kind(ui: &mut Ui, form: &mut Form) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 5.0 * UNIT;
        let angelone = Some(BrokerKind::AngelOne);
        choice(ui, &mut form.broker, angelone, "Log in to AngelOne with it");
        choice(ui, &mut form.broker, None, "Only show the code");
    });
}

fn text_field<'a>(field: &str, label: &'a str, text: &'a mut String) -> Field<'a> {
    Field {
        id: field_id(field),
        label,
        optional: false,
        hint: "",
        help: "",
        warning: None,
        text,
        secret: false,
        most: 512,
        shown: None,
    }
}

/// The row at the bottom: leave, save, save and test.
pub fn buttons(ui: &mut Ui, state: &State, view: &mut View<'_>) {
    let Screen::Form(form) = &state.screen else {
        return;
    };
    let p = palette(ui);
    let frame = Frame::new().inner_margin(Margin::symmetric(0, 10));
    Panel::bottom("form buttons").frame(frame).show(ui, |ui| {
        centered_column(ui, CONTENT_WIDTH, |ui| {
            ui.horizontal(|ui| {
                if button(ui, Kind::Plain, "Back").clicked() {
                    view.ask(Action::Leave);
                }
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    if form.saving.is_some() {
                        ui.label(RichText::new("Saving…").color(p.dim));
                        return;
                    }
                    save_buttons(ui, form, view);
                });
            });
        });
    });
}

fn save_buttons(ui: &mut Ui, form: &Form, view: &mut View<'_>) {
    if form.broker.is_none() {
        if button(ui, Kind::Primary, "Save").clicked() {
            view.ask(Action::SaveForm { then_log_in: false });
        }
        return;
    }
    let (plain, tested) = if form.is_edit {
        ("Save", "Save and log in")
    } else {
        ("Save without testing", "Save and test login")
    };
    let missing = form.account().missing();
    let names: Vec<&str> = missing.iter().map(|m| m.name()).collect();
    let test = ui
        .add_enabled_ui(missing.is_empty(), |ui| button(ui, Kind::Primary, tested))
        .inner
        .on_disabled_hover_text(format!("Logging in still needs: {}", names.join(", ")));
    if test.clicked() {
        view.ask(Action::SaveForm { then_log_in: true });
    }
    if button(ui, Kind::Secondary, plain).clicked() {
        view.ask(Action::SaveForm { then_log_in: false });
    }
}
