//! The third step: what came of the test login.

use egui::{RichText, Ui};
use jiff::Timestamp;

use super::form::steps;
use super::{View, title_bar};
use crate::account::{AccountId, ist};
use crate::app::state::Action;
use crate::app::theme::{self, GAP, palette};
use crate::app::widgets::{Kind, Meaning, button, notice, page};
use crate::engine::{LoginState, Progress};

pub fn draw(ui: &mut Ui, id: AccountId, view: &mut View<'_>) {
    let snapshot = view.snapshot;
    let Some(account) = snapshot.account(id) else {
        return view.ask(Action::GoHome);
    };
    page(ui, "tested", |ui| {
        ui.spacing_mut().item_spacing.y = GAP;
        title_bar(ui, account.account.name(), view);
        let accepted = matches!(account.login, LoginState::Idle)
            && account.live_until(Timestamp::now()).is_some();
        steps(ui, if accepted { 4 } else { 3 });
        let p = palette(ui);
        let saved = "The account is saved in your keyring.";
        ui.label(
            RichText::new(saved)
                .font(theme::regular(theme::BODY))
                .color(p.dim),
        );
        match &account.login {
            LoginState::Refused(words) | LoginState::Stopped(words) => {
                notice(ui, Meaning::Bad, &words.title, &words.text);
            }
            LoginState::Failed(words) => {
                notice(ui, Meaning::Warn, &words.title, &words.text);
            }
            LoginState::Running(progress) => running(ui, *progress, view),
            LoginState::Idle | LoginState::LoggingOut => {
                idle(ui, account.live_until(Timestamp::now()));
            }
        }
        ui.horizontal(|ui| match &account.login {
            LoginState::Running(_) => {
                if button(ui, Kind::Secondary, "Cancel").clicked() {
                    view.ask(Action::CancelLogIn(id));
                }
            }
            LoginState::Refused(_) | LoginState::Stopped(_) | LoginState::Failed(_) => {
                if button(ui, Kind::Primary, "Edit").clicked() {
                    view.ask(Action::Edit(id));
                }
                let again = !matches!(account.login, LoginState::Stopped(_));
                if again && button(ui, Kind::Secondary, "Try again").clicked() {
                    view.ask(Action::LogIn(id));
                }
                if button(ui, Kind::Plain, "Leave it so").clicked() {
                    view.ask(Action::GoHome);
                }
            }
            LoginState::Idle | LoginState::LoggingOut => {
                if button(ui, Kind::Primary, "Done").clicked() {
                    view.ask(Action::GoHome);
                }
            }
        });
    });
    view.wake_next_second(ui);
}

fn running(ui: &mut Ui, progress: Progress, view: &View<'_>) {
    match progress {
        Progress::Starting | Progress::Sending => {
            notice(
                ui,
                Meaning::Idle,
                "Logging in…",
                "AngelOne has 15 seconds to answer.",
            );
        }
        Progress::Waiting {
            until_unix_secs, ..
        } => {
            let left = until_unix_secs.saturating_sub(view.clock.unix_secs());
            let text = format!("Kunji sends it in {left} s. A code is never sent twice, nor late.");
            notice(ui, Meaning::Idle, "Waiting for the next code.", &text);
        }
    }
}

fn idle(ui: &mut Ui, live_until: Option<Timestamp>) {
    match live_until {
        Some(until) => {
            let until = until.to_zoned_datetime(ist()).strftime("%H:%M").to_string();
            let text = format!("The session lasts until {until} IST.");
            notice(ui, Meaning::Ok, "AngelOne accepted the login.", &text);
        }
        None => {
            notice(
                ui,
                Meaning::Idle,
                "Not logged in.",
                "The test login was cancelled.",
            );
        }
    }
}
