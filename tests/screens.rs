//! Each screen by role and label, without a display: the real window's code on
//! a vault in memory. Guards words, states and what can be pressed; egui's own
//! check adds names for every control and signs for every letter.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]
#![cfg(feature = "gui")]

#[path = "support/memory.rs"]
#[allow(dead_code, reason = "each test binary uses a part")]
mod memory;

use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use kunji::account::{Account, Credentials, Session};
use kunji::app::App;
use kunji::engine::VaultError;
use kunji::otp::{Algorithm, Otp};
use kunji::secret::Secret;
use kunji::vault::{ItemVault, Vault as _};
use memory::{Memory, StoppedClock, config};

/// 2026-11-23, 09:00 in India, 12 seconds into a step.
const NOW: u64 = 1_795_404_612;
const SECRET: &str = "KUNJISAMPLEQRNOTASECRET234";
const URI: &str = "otpauth://totp/A123456?secret=KUNJISAMPLEQRNOTASECRET234&issuer=angelone.in";

struct Screen {
    harness: Harness<'static, Option<App>>,
    memory: Memory,
    _state: tempfile::TempDir,
}

impl Screen {
    fn open(memory: Memory) -> Self {
        // The usual size, and the margin that the harness puts around it.
        Self::open_sized(memory, [560.0 + 16.0, 760.0 + 16.0])
    }

    fn open_sized(memory: Memory, size: [f32; 2]) -> Self {
        let state = tempfile::tempdir().unwrap();
        let clock = Arc::new(StoppedClock::at(NOW));
        // Nothing listens there: what these tests draw, no broker is asked for.
        let config = config(&memory, clock, "http://127.0.0.1:9", state.path());
        let draw = move |ui: &mut egui::Ui, app: &mut Option<App>| {
            let app = app.get_or_insert_with(|| App::start(&config, ui.ctx()).unwrap());
            app.update(ui.ctx());
            app.draw(ui);
        };
        let mut harness = Harness::builder()
            .with_size(size)
            .build_ui_state(draw, None);
        harness.step();
        Self {
            harness,
            memory,
            _state: state,
        }
    }

    fn with(accounts: &[Account]) -> Self {
        Self::open(saved(accounts))
    }

    /// Steps until `condition` holds; fails with what is on screen.
    #[track_caller]
    fn until(&mut self, what: &str, condition: impl Fn(&Harness<'static, Option<App>>) -> bool) {
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            self.harness.step();
            if condition(&self.harness) {
                return;
            }
            assert!(
                Instant::now() < deadline,
                "never came: {what}\n{:#?}",
                self.harness.root()
            );
            std::thread::yield_now();
        }
    }

    #[track_caller]
    fn says(&mut self, text: &str) {
        self.until(text, |h| {
            h.query_all_by_label_contains(text).next().is_some()
        });
    }

    /// Waits until the button can be pressed, and presses it.
    #[track_caller]
    fn press(&mut self, button: &str) {
        self.until(button, |h| {
            let mut found = h.query_all_by_role_and_label(Role::Button, button);
            found
                .next()
                .is_some_and(|node| !node.accesskit_node().is_disabled())
        });
        self.harness
            .get_by_role_and_label(Role::Button, button)
            .click();
        self.harness.step();
    }

    fn has_button(&self, button: &str) -> bool {
        self.harness
            .query_all_by_role_and_label(Role::Button, button)
            .next()
            .is_some()
    }

    fn paste(&mut self, text: &str) {
        self.says("Bring your AngelOne QR code");
        self.harness.event(egui::Event::Paste(text.to_owned()));
        self.harness.step();
    }
}

fn account(label: &str, client_code: &str) -> Account {
    let mut account = Account::new(Otp::from_token_number(SECRET).unwrap());
    account.label = label.into();
    account.client_code = client_code.into();
    account.credentials = Credentials {
        pin: Some(Secret::from("2580")),
        api_key: Some(Secret::from("kNj5amp1")),
        ..Credentials::default()
    };
    account
}

fn saved(accounts: &[Account]) -> Memory {
    let memory = Memory::default();
    let mut vault = ItemVault::new(memory.clone());
    for account in accounts {
        vault.save(account).unwrap();
    }
    memory
}

fn grouped(otp: &Otp, unix_secs: u64) -> String {
    otp.code_at(unix_secs).grouped()
}

#[test]
fn the_first_start_offers_every_way_in() {
    let mut screen = Screen::with(&[]);
    screen.says("Bring your AngelOne QR code");
    screen.says("Keyring: GNOME Keyring, unlocked");
    for button in ["Choose a file", "Paste", "Type the token number instead"] {
        assert!(screen.has_button(button), "{button}");
    }
    assert!(!screen.has_button("Lock"), "there is nothing to lock");
}

#[test]
fn a_card_shows_code_next_code_seconds_and_state() {
    let account = account("Family", "F482913");
    let mut screen = Screen::with(std::slice::from_ref(&account));
    screen.says("Family");
    screen.says("AngelOne · F482913");
    screen.says("Not logged in");
    screen.says("18 seconds left");
    screen.says(&format!("Code {}, copy", grouped(&account.otp, NOW)));
    screen.says(&format!("next {}", grouped(&account.otp, NOW + 30)));
    for button in ["Log in", "Copy code", "Log in all", "+ Add account", "Lock"] {
        assert!(screen.has_button(button), "{button}");
    }
}

/// 8 digits, another hash and another period are shown as such.
#[test]
fn other_kinds_of_codes_are_shown() {
    let mut account = account("Other", "A1234");
    account.otp = Otp::new(SECRET, Algorithm::Sha512, 8, 60).unwrap();
    let expected = grouped(&account.otp, NOW);
    let next = grouped(&account.otp, NOW + 48);
    assert_eq!(expected.len(), 9);
    let mut screen = Screen::with(&[account]);
    screen.says(&expected);
    screen.says("48 seconds left");
    // Eight digits leave it no room beside them: it has a row of its own.
    screen.says(&format!("next {next}"));
}

#[test]
fn a_session_shows_its_end_and_an_old_one_that_it_ended() {
    let live = account("Live", "A1111");
    let ended = account("Ended", "A2222");
    let memory = saved(&[live.clone(), ended.clone()]);
    let mut vault = ItemVault::new(memory.clone());
    for (id, ago) in [(live.id, 60), (ended.id, 86_400)] {
        let obtained = i64::try_from(NOW).unwrap() - ago;
        let session = Session {
            jwt: Secret::from("j"),
            refresh: Secret::from("r"),
            feed: Secret::from("f"),
            obtained: jiff::Timestamp::from_second(obtained).unwrap(),
        };
        vault.save_session(id, &session).unwrap();
    }
    let mut screen = Screen::open(memory);
    screen.says("Logged in until 00:00 IST");
    screen.says("Session ended");
    assert!(screen.has_button("Log in again"));
}

#[test]
fn searching_leaves_what_matches() {
    let mut screen = Screen::with(&[account("Family", "F482913"), account("Mine", "A123456")]);
    screen.says("Family");
    let field = screen
        .harness
        .get_by_role_and_label(Role::TextInput, "Search accounts");
    field.focus();
    field.type_text("a123");
    screen.until("Family to go", |h| h.query_by_label("Family").is_none());
    screen.says("Mine");
    screen
        .harness
        .get_by_role_and_label(Role::TextInput, "Search accounts")
        .type_text("zzz");
    screen.says("No account matches “a123zzz”");
}

/// What is missing is said on the card, with the way to enter it in place of a
/// login that could not work.
#[test]
fn an_incomplete_account_says_what_is_missing() {
    let mut incomplete = account("New", "A123456");
    incomplete.credentials = Credentials::default();
    let mut screen = Screen::with(&[incomplete]);
    screen.says("Missing: PIN, API key.");
    assert!(!screen.has_button("Log in"));
    screen.press("Complete");
    screen.says("Edit New");
}

#[test]
fn the_form_shows_what_was_found_and_saves_it() {
    let mut screen = Screen::with(&[]);
    screen.paste(URI);
    screen.says("Found a code for A123456 (angelone.in) in the pasted text.");
    let code = grouped(&Otp::from_token_number(SECRET).unwrap(), NOW);
    screen.says(&format!("It shows {code} now"));
    screen.says("PIN and code on one computer are one factor, not two");
    screen.says("Read from the QR code");
    let test = screen
        .harness
        .get_by_role_and_label(Role::Button, "Save and test login");
    assert!(
        test.accesskit_node().is_disabled(),
        "PIN and API key are missing"
    );
    screen.press("Save without testing");
    screen.says("AngelOne · A123456");
    assert_eq!(screen.memory.items.lock().unwrap().len(), 1);
}

/// Nothing is saved and nothing entered is lost where the vault fails.
#[test]
fn a_failed_save_says_why_and_keeps_the_form() {
    let mut screen = Screen::with(&[]);
    screen.paste(URI);
    screen.says("Found a code");
    screen.memory.fail_with(Some(VaultError::Locked));
    screen.press("Save without testing");
    screen.says("Not saved. The keyring is locked.");
    assert!(screen.memory.items.lock().unwrap().is_empty());
    screen.memory.fail_with(None);
    screen.press("Save without testing");
    screen.says("AngelOne · A123456");
}

#[test]
fn two_codes_are_offered_one_by_one() {
    let mut screen = Screen::with(&[]);
    let second = URI.replace("A123456", "B654321").replace("KUNJI", "KUNJA");
    screen.paste(&format!("{URI}\n{second}"));
    screen.says("2 codes.");
    screen.press("Add A123456");
    screen.says("Found a code for A123456");
}

#[test]
fn a_bad_letter_in_the_token_number_is_named() {
    let mut screen = Screen::with(&[]);
    screen.press("Type the token number instead");
    screen.says("Token number");
    let field = screen
        .harness
        .get_by_role_and_label(Role::TextInput, "Token number");
    field.focus();
    field.type_text("KUNJ0SAMPLE");
    screen.says("The secret has '0' at place 5");
}

#[test]
fn deleting_asks_first() {
    let mut screen = Screen::with(&[account("Family", "F482913")]);
    screen.press("More for Family");
    screen.press("Delete…");
    screen.says("Delete “Family”?");
    screen.press("Keep");
    assert_eq!(screen.memory.items.lock().unwrap().len(), 1);
    screen.press("More for Family");
    screen.press("Delete…");
    screen.press("Delete");
    screen.says("Bring your AngelOne QR code");
    assert!(screen.memory.items.lock().unwrap().is_empty());
}

/// Every failure of the vault has its own face with Retry, and none looks like
/// an empty list.
#[test]
fn a_vault_that_does_not_open_is_never_an_empty_list() {
    for error in [
        VaultError::NoService,
        VaultError::Locked,
        VaultError::PromptDismissed,
        VaultError::Timeout,
        VaultError::Disconnected,
        VaultError::Failed("org.example.Error".into()),
    ] {
        let memory = saved(&[account("Family", "F482913")]);
        memory.fail_with(Some(error.clone()));
        let mut screen = Screen::open(memory);
        screen.says(&error.to_string());
        screen.says("Your accounts are safe where they are.");
        assert!(!screen.has_button("Choose a file"));
        screen.memory.fail_with(None);
        screen.press("Retry");
        screen.says("Family");
    }
}

#[test]
fn locking_hides_everything() {
    let mut screen = Screen::with(&[account("Family", "F482913")]);
    screen.press("Lock");
    screen.says("Kunji is locked");
    assert!(screen.harness.query_by_label_contains("Family").is_none());
    assert!(screen.harness.query_by_label_contains("Code ").is_none());
    screen.press("Unlock");
    screen.says("Family");
}

/// The smallest window with the longest names: everything can still be pressed.
#[test]
fn the_smallest_window_keeps_every_button_inside() {
    let long = "A name of sixty characters, as long as any family may choose";
    let memory = saved(&[account(long, "ABCDE1234567890")]);
    let mut screen = Screen::open_sized(memory, [380.0, 480.0]);
    screen.says("Log in all");
    screen.harness.run_steps(3);
    let inside = egui::Rect::from_min_size(egui::Pos2::ZERO, egui::vec2(380.0, 480.0));
    for button in ["Log in all", "+ Add account", "Copy code", "Log in", "Lock"] {
        let rect = screen
            .harness
            .get_by_role_and_label(Role::Button, button)
            .rect();
        assert!(inside.contains_rect(rect), "{button} at {rect}");
    }
}
