//! Bringing a QR code: the first start, one more account, or a new code for one.

use egui::{
    Align, CornerRadius, Label, Layout, Margin, Pos2, Rect, RichText, Shape, Stroke, Ui, vec2,
};

use super::{View, title_bar};
use crate::account::AccountId;
use crate::app::state::Action;
use crate::app::theme::{self, UNIT, palette};
use crate::app::widgets::{
    Icon, Kind, Meaning, button, centered_column, link, notice, page, paint_icon,
};
use crate::engine::{Capture, Snapshot};

const ENABLE_TOTP_PAGE: &str = "https://smartapi.angelone.in/enable-totp";

/// How the screen differs by what it is for.
pub struct Look {
    /// Above the heading, with a way out; `None` on the first start.
    title: Option<String>,
    heading: &'static str,
    busy: Option<String>,
    /// Something is under way that can be cancelled.
    cancellable: bool,
}

impl Look {
    pub fn first(choosing: bool, snapshot: &Snapshot) -> Self {
        Self {
            title: None,
            heading: "Bring your AngelOne QR code",
            busy: busy(choosing, snapshot),
            cancellable: snapshot.reading.left() > 0 || snapshot.capture != Capture::None,
        }
    }

    pub fn another(choosing: bool, snapshot: &Snapshot, replacing: Option<AccountId>) -> Self {
        let account = replacing.and_then(|id| snapshot.account(id));
        let (title, heading) = match account {
            Some(view) => (
                format!("New code for {}", view.account.name()),
                "Bring the new QR code",
            ),
            None => (
                "Add an AngelOne account".to_owned(),
                "Bring your AngelOne QR code",
            ),
        };
        Self {
            title: Some(title),
            heading,
            busy: busy(choosing, snapshot),
            cancellable: snapshot.reading.left() > 0 || snapshot.capture != Capture::None,
        }
    }
}

fn busy(choosing: bool, snapshot: &Snapshot) -> Option<String> {
    let reading = snapshot.reading;
    if snapshot.capture != Capture::None {
        Some("Choose the part of the screen with the QR code".to_owned())
    } else if reading.all > 1 {
        Some(format!("Reading {} of {}…", reading.done + 1, reading.all))
    } else if reading.left() > 0 {
        Some("Reading the picture…".to_owned())
    } else if choosing {
        Some("Choose the picture in the file dialog".to_owned())
    } else {
        None
    }
}

pub fn draw(ui: &mut Ui, look: &Look, view: &mut View<'_>) {
    let unreadable = view.snapshot.unreadable;
    page(ui, "bring", |ui| {
        if let Some(title) = &look.title {
            title_bar(ui, title, view);
        } else {
            ui.add_space(4.0 * UNIT);
            ui.label(RichText::new("Kunji").font(theme::semibold(theme::TITLE)));
        }
        if unreadable > 0 {
            let text = "Kunji left what it found there untouched. It may be from a newer version.";
            notice(
                ui,
                Meaning::Warn,
                "Your keyring holds items Kunji cannot read.",
                text,
            );
        }
        ui.add_space(((ui.ctx().content_rect().height() - 560.0) * 0.6).max(4.0 * UNIT));
        centered_column(ui, 448.0 + 32.0, |ui| {
            ui.with_layout(Layout::top_down(Align::Center), |ui| {
                heading(ui, look.heading);
                ui.add_space(4.0 * UNIT);
                drop_area(ui, look, view);
                ui.add_space(4.0 * UNIT);
                if link(ui, "Type the token number instead").clicked() {
                    view.ask(Action::TypeToken);
                }
                if link(ui, "Bring accounts from Google Authenticator, Aegis, 2FAS…")
                    .on_hover_text(
                        "The export’s QR codes, or the backup file: encrypted or not; or drop a \
                         whole folder. Also Ente Auth, Proton Authenticator, Bitwarden, FreeOTP+, andOTP and KeePassXC.",
                    )
                    .clicked()
                {
                    view.ask(Action::ChooseFile);
                }
                if link(ui, "Where do I get the QR? Open the enable-TOTP page").clicked() {
                    view.ask(Action::OpenPage(ENABLE_TOTP_PAGE));
                }
            });
        });
    });
}

fn heading(ui: &mut Ui, heading: &str) {
    let p = palette(ui);
    ui.add(Label::new(RichText::new(heading).font(theme::semibold(theme::HEADING))).wrap());
    let text = "Save a screenshot of the QR from the enable-TOTP page. It goes into your \
                keyring, and nowhere else.";
    let text = RichText::new(text)
        .font(theme::regular(theme::BODY))
        .color(p.dim);
    ui.add(Label::new(text).wrap().halign(Align::Center));
}

fn drop_area(ui: &mut Ui, look: &Look, view: &mut View<'_>) {
    let p = palette(ui);
    let hovering = ui.input(|input| !input.raw.hovered_files.is_empty());
    let fill = if hovering { p.ok.tint } else { p.card };
    let frame = egui::Frame::new()
        .fill(fill)
        .corner_radius(CornerRadius::same(theme::CARD_RADIUS))
        .inner_margin(Margin::symmetric(16, 28));
    let area = frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.with_layout(Layout::top_down(Align::Center), |ui| {
            let size = vec2(28.0, 28.0);
            let (rect, _) = ui.allocate_exact_size(size, egui::Sense::hover());
            paint_icon(ui.painter(), Icon::Picture, rect, 26.0, p.dim);
            ui.add_space(UNIT);
            let words = match &look.busy {
                Some(busy) => busy,
                None if hovering => "Let go to read it",
                // The windowing library takes no drops there.
                None if is_wayland() => "Choose the image, or copy it and paste it here",
                None => "Drop the image here",
            };
            ui.label(
                RichText::new(words)
                    .font(theme::regular(theme::BODY))
                    .color(p.text),
            );
            ui.add_space(2.0 * UNIT);
            if look.cancellable {
                if button(ui, Kind::Secondary, "Cancel").clicked() {
                    view.ask(Action::CancelReading);
                }
            } else {
                buttons(ui, view);
            }
        });
    });
    let stroke = Stroke::new(1.5, if hovering { p.ok.text } else { p.faint });
    let outline = rounded_outline(
        area.response.rect.shrink(0.75),
        f32::from(theme::CARD_RADIUS),
    );
    ui.painter()
        .extend(Shape::dashed_line(&outline, stroke, 4.0, 3.0));
}

fn is_wayland() -> bool {
    let display = std::env::var_os("WAYLAND_DISPLAY");
    display.is_some_and(|display| !display.is_empty())
}

/// Less holds two of the buttons side by side, and not three.
const ROOM_FOR_THREE: f32 = 356.0;

fn buttons(ui: &mut Ui, view: &mut View<'_>) {
    let in_one_row = ui.available_width() >= ROOM_FOR_THREE;
    centered_row(ui, "row", |ui| {
        let choose = button(ui, Kind::Primary, "Choose a file");
        if choose.clicked() {
            view.ask(Action::ChooseFile);
        }
        let paste = button(ui, Kind::Secondary, "Paste")
            .on_hover_text("A picture, a file, an otpauth link or the token number");
        if paste.clicked() {
            view.ask(Action::Paste);
        }
        if in_one_row {
            capture(ui, view);
        }
    });
    if !in_one_row {
        ui.add_space(2.0 * UNIT);
        centered_row(ui, "second row", |ui| capture(ui, view));
    }
}

fn capture(ui: &mut Ui, view: &mut View<'_>) {
    let capture = button(ui, Kind::Secondary, "Capture the screen")
        .on_hover_text("Reads the QR code that the screen shows now");
    if capture.clicked() {
        view.ask(Action::Capture);
    }
}

/// Centred by hand: a row does not know its width before it is drawn.
fn centered_row(ui: &mut Ui, name: &str, add: impl FnOnce(&mut Ui)) {
    let id = ui.scope_id().with(name);
    let width: f32 = ui.data(|data| data.get_temp(id)).unwrap_or(190.0);
    ui.horizontal(|ui| {
        ui.add_space(((ui.available_width() - width) / 2.0).max(0.0));
        let start = ui.cursor().left();
        add(ui);
        let measured = ui.min_rect().right() - start;
        if (measured - width).abs() > 0.5 {
            ui.data_mut(|data| data.insert_temp(id, measured));
            ui.ctx().request_discard("the row has been measured");
        }
    });
}

/// A rectangle with round corners as points, for the dashes.
fn rounded_outline(rect: Rect, radius: f32) -> Vec<Pos2> {
    let mut points = Vec::new();
    egui::epaint::tessellator::path::rounded_rectangle(
        &mut points,
        egui::epaint::RoundedRect::new(rect, radius),
    );
    if let Some(first) = points.first().copied() {
        points.push(first);
    }
    points
}
